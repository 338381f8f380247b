"""Prints the compute types CTranslate2 has on this CPU, as a JSON list."""
import json

import ctranslate2

print(json.dumps(sorted(ctranslate2.get_supported_compute_types("cpu"))))
