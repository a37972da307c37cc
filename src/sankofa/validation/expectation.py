"""What a rule asks for, and the sentence that is closest to it."""

from __future__ import annotations

from sankofa.fields import Fields, Rule, local_name
from sankofa.fields.files import Term
from sankofa.fields.literals import LANG_STRING, XSD
from sankofa.fields.reading import name_of
from sankofa.validation.results import SH

_PARTIAL_DATES = {f"{XSD}date", f"{XSD}gYearMonth", f"{XSD}gYear"}
_DATATYPES = {
    f"{XSD}date": "date",
    f"{XSD}decimal": "decimal",
    f"{XSD}double": "decimal",
    f"{XSD}float": "decimal",
    f"{XSD}integer": "integer",
    f"{XSD}boolean": "boolean",
    f"{XSD}anyURI": "address",
    f"{XSD}string": "text",
    LANG_STRING: "text-with-language",
}
_NODE_KINDS = {"IRI": "address", "Literal": "text"}


def expectation(rule: Rule | None, component: str, fields: Fields) -> tuple[tuple[Term, ...], str, str]:
    """What a rule asks for, the name of the closest sentence, and the component that the sentence is of.

    A choice between shapes that only say a datatype, or only a class, is told as what it is: one datatype or class more
    widely put. A pattern is told by the example that its shape gives, unless that is an address: nobody but a program
    reads either.

    Args:
        rule: the rule, where it is known.
        component: the IRI of the constraint component.
        fields: the rules that a choice is between.

    Example:
        >>> from sankofa.fields import read_fields
        >>> expectation(None, f"{SH}InConstraintComponent", read_fields())[1:]
        ('', 'http://www.w3.org/ns/shacl#InConstraintComponent')
    """
    name = component.removeprefix(SH).removesuffix("ConstraintComponent")
    terms = rule.constraints.get(name[:1].lower() + name[1:], ()) if rule else ()
    if name == "Datatype":
        return terms, _datatype_variant({term.value for term in terms}), component
    if name == "NodeKind":
        kind = local_name(terms[0].value) if terms else ""
        return terms, f"NodeKind-{_NODE_KINDS[kind]}" if kind in _NODE_KINDS else "", component
    if name == "Pattern":
        examples = tuple(one for one in (rule.examples if rule else ()) if "://" not in one.value)[:1]
        return examples, "Pattern-example" if examples else "", component
    if name in ("Or", "Xone") and terms:
        choices = [fields.rules.get(name_of(term)) for term in terms]
        for parameter, other in (("datatype", "Datatype"), ("class", "Class")):
            found = [choice.constraints.get(parameter, ()) if choice else () for choice in choices]
            if all(len(one) == 1 for one in found):
                wanted = tuple(one[0] for one in found)
                variant = _datatype_variant({term.value for term in wanted}) if other == "Datatype" else ""
                return wanted, variant, f"{SH}{other}ConstraintComponent"
    return terms, "", component


def _datatype_variant(datatypes: set[str]) -> str:
    if len(datatypes) > 1 and datatypes <= _PARTIAL_DATES:
        return "Datatype-partial-date"
    names = {_DATATYPES.get(iri, "other") for iri in datatypes}
    return f"Datatype-{names.pop()}" if len(names) == 1 else "Datatype-other"
