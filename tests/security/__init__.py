"""Attacks, each under the number it has in the field's list of promises (``docs/threat-model.md``)."""
