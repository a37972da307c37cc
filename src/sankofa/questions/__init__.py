"""Questions: a catalogue of named queries, and answers that say what they rest on and how complete that is."""

from sankofa.questions.answers import Answer, Coverage, FieldCoverage, Ground, answer
from sankofa.questions.catalogue import Catalogue, Parameter, Question, Scope, catalogue

__all__ = [
    "Answer",
    "Catalogue",
    "Coverage",
    "FieldCoverage",
    "Ground",
    "Parameter",
    "Question",
    "Scope",
    "answer",
    "catalogue",
]
