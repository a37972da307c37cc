"""The questions as examples for SPARQL clients, in the vocabulary that the SIB's endpoints describe theirs with.

An example is a ``sh:SPARQLExecutable`` with its query (``sh:select``), what it is about (``rdfs:comment``, in each
language), keywords and the endpoint that answers it (``schema:target``): https://github.com/sib-swiss/sparql-examples.
"""

from __future__ import annotations

from collections.abc import Iterable

from pyoxigraph import Literal, NamedNode, Triple

from sankofa.questions.catalogue import Question
from sankofa.questions.parameters import Asked, runnable
from sankofa.terms import RDF, RDFS, SCHEMA, SH

EXECUTABLE = NamedNode(SH.SPARQLExecutable)


def examples(store: Asked, questions: Iterable[Question], start: str) -> list[Triple]:
    """Describe questions as examples. Which endpoint answers them is not said here: who serves them knows its address.

    Args:
        store: where the records are that serve as examples of what a question needs.
        questions: the questions; one that nothing can be asked about yet is left out.
        start: what the IRI of each example begins with; the question's name follows.

    Example:
        >>> import sankofa
        >>> kg = sankofa.open()
        >>> found = examples(kg.store, [kg.questions["cities"]], "https://example.org/examples/")
        >>> found[0].subject.value, found[0].object == EXECUTABLE
        ('https://example.org/examples/cities', True)
    """
    found = []
    for question in questions:
        if query := runnable(store, question):
            example = NamedNode(f"{start}{question.name}")
            found += [
                Triple(example, NamedNode(RDF.type), EXECUTABLE),
                Triple(example, NamedNode(RDF.type), NamedNode(SH.SPARQLSelectExecutable)),
                Triple(example, NamedNode(SH.select), Literal(query)),
                *(Triple(example, NamedNode(SCHEMA.keywords), Literal(each)) for each in question.keywords),
            ]
            for language, title in question.title.items():
                about = f"{title}{'' if title.endswith(('?', '؟')) else '.'} {question.description[language]}"
                found.append(Triple(example, NamedNode(RDFS.label), Literal(title, language=language)))
                found.append(Triple(example, NamedNode(RDFS.comment), Literal(about, language=language)))
    return found
