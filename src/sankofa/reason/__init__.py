"""Reasoning: what follows from ontology and rules, kept apart from what people assert, each with its reasons."""

from sankofa.reason.axioms import compile_rules
from sankofa.reason.proofs import Explanation, Step, explain
from sankofa.reason.rulefile import RuleFile
from sankofa.reason.rules import Rule, Rules
from sankofa.reason.running import Reasoning, refresh, run, settle

__all__ = [
    "Explanation",
    "Reasoning",
    "Rule",
    "RuleFile",
    "Rules",
    "Step",
    "compile_rules",
    "explain",
    "refresh",
    "run",
    "settle",
]
