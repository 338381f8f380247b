"""Writes the small models that the flows are served with: models.py FOLDER."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "clients"))
import small_models  # noqa: E402

if __name__ == "__main__":
    to = Path(sys.argv[1])
    small_models.write_alphabet_model(to / "alphabet")
    small_models.write_drawn_model(to / "drawn")
