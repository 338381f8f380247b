"""Writes the small models that the flows are served with: models.py FOLDER."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "clients"))
import small_models  # noqa: E402

folder = Path(sys.argv[1])
small_models.write_alphabet_model(folder / "alphabet")
small_models.write_drawn_model(folder / "drawn")
