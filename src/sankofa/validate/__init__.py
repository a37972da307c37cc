"""Validation: what is wrong or missing in data, judged by shapes, told in words that people understand."""

from __future__ import annotations

from sankofa.validate.completeness import Completeness
from sankofa.validate.report import Finding, Origin, Report
from sankofa.validate.results import Result

__all__ = ["Completeness", "Finding", "Origin", "Report", "Result"]
