"""The few words around findings and counts, in the languages that the messages are written in."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping

from sankofa.fields import text_in

LANGUAGES = ("en", "fr", "pt", "ar")

_WORDS: dict[str, tuple[str, str, str, str]] = {
    "record": ("Record", "Fiche", "Ficha", "البطاقة"),
    "records": ("Records", "Fiches", "Fichas", "البطاقات"),
    "kind": ("Kind", "Type de fiche", "Tipo de ficha", "نوع البطاقة"),
    "field": ("Field", "Champ", "Campo", "الحقل"),
    "value": ("Value", "Valeur", "Valor", "القيمة"),
    "level": ("Needed for", "Nécessaire pour", "Necessário para", "لازم من أجل"),
    "message": ("Finding", "Constat", "Constatação", "الملاحظة"),
    "author": ("In other words", "Autrement dit", "Por outras palavras", "بعبارة أخرى"),
    "advice": ("What to do", "Que faire", "O que fazer", "ما العمل"),
    "meaning": ("What it means", "Ce que cela veut dire", "O que significa", "ما معناه"),
    "example": ("Example", "Exemple", "Exemplo", "مثال"),
    "fix": ("Certain correction", "Correction certaine", "Correção certa", "تصحيح مؤكد"),
    "fix-write": (
        "In “{field}”, write “{into}” instead of “{out}”.",
        "Dans «\u00a0{field}\u00a0», écrire «\u00a0{into}\u00a0» au lieu de «\u00a0{out}\u00a0».",
        "Em “{field}”, escrever “{into}” em vez de “{out}”.",
        "في «{field}» تُكتب «{into}» بدل «{out}».",
    ),
    "fix-as": (
        "In “{field}”, “{out}” stays written as it is and becomes the sort of value that is expected.",
        "Dans «\u00a0{field}\u00a0», «\u00a0{out}\u00a0» reste écrit ainsi et devient la sorte de valeur attendue.",
        "Em “{field}”, “{out}” fica escrito assim e passa a ser o género de valor esperado.",
        "في «{field}» تبقى «{out}» كما كُتبت وتصير من الصنف المتوقع.",
    ),
    "fix-language": (
        "In “{field}”, the language of “{out}” is {into}.",
        "Dans «\u00a0{field}\u00a0», la langue de «\u00a0{out}\u00a0» est {into}.",
        "Em “{field}”, a língua de “{out}” é {into}.",
        "في «{field}» لغة «{out}» هي {into}.",
    ),
    "code": ("Code", "Code", "Código", "الرمز"),
    "place": ("Where", "Où", "Onde", "المكان"),
    "line": ("line", "ligne", "linha", "السطر"),
    "findings": ("Findings", "Constats", "Constatações", "الملاحظات"),
    "checked": ("Checked", "Vérifiés", "Verificados", "ما جرى فحصه"),
    "statements": ("Statements", "Affirmations", "Afirmações", "العبارات"),
    "rules": ("Rules", "Règles", "Regras", "القواعد"),
    "nothing-checked": (
        "Nothing was checked: no rule is about anything in these data.",
        "Rien n’a été vérifié : aucune règle ne porte sur ces données.",
        "Nada foi verificado: nenhuma regra diz respeito a estes dados.",
        "لم يُفحص شيء: لا توجد قاعدة تخص هذه البيانات.",
    ),
    "no-finding": ("No finding.", "Aucun constat.", "Nenhuma constatação.", "لا ملاحظات."),
    "needed": ("Fields needed", "Champs nécessaires", "Campos necessários", "الحقول اللازمة"),
    "filled": ("Fields filled in", "Champs remplis", "Campos preenchidos", "الحقول المملوءة"),
    "missing": ("Missing", "Il manque", "Em falta", "الناقص"),
    "there": ("There", "Il y a", "Há", "الموجود"),
    "of": ("{some} of {all}", "{some} sur {all}", "{some} de {all}", "{some} من {all}"),
    "fill": ("fill in", "remplir", "preencher", "املأ"),
    "correct": ("correct", "corriger", "corrigir", "صحّح"),
    "next": ("What raises it most", "Ce qui fait le plus progresser", "O que mais faz avançar", "ما يرفعها أكثر"),
    "network": ("Network", "Réseau", "Rede", "الشبكة"),
    "without-theme": ("Without a theme", "Sans thème", "Sem tema", "بلا موضوع"),
    "without-phase": ("Without a phase", "Sans phase", "Sem fase", "بلا مرحلة"),
    "no-record": (
        "There is no record yet.",
        "Il n’y a pas encore de fiche.",
        "Ainda não há fichas.",
        "لا توجد بطاقات بعد.",
    ),
    "draft": ("draft", "brouillon", "rascunho", "مسودة"),
    "publishable": ("publishable", "publiable", "publicável", "صالحة للنشر"),
    "exemplary": ("exemplary", "exemplaire", "exemplar", "نموذجية"),
    "unusable": (
        "not yet a usable draft",
        "pas encore un brouillon utilisable",
        "ainda não é um rascunho utilizável",
        "ليست مسودة صالحة بعد",
    ),
    "city": ("City", "Ville", "Cidade", "المدينة"),
    "theme": ("Theme", "Thème", "Tema", "الموضوع"),
    "phase": ("Phase", "Phase", "Fase", "المرحلة"),
    "language": ("Language", "Langue", "Língua", "اللغة"),
    "completeness-by": ("Completeness by {by}", "Complétude par {by}", "Completude por {by}", "الاكتمال حسب {by}"),
    "all-records": ("All records", "Toutes les fiches", "Todas as fichas", "جميع البطاقات"),
    "texts": ("Texts", "Textes", "Textos", "النصوص"),
    "und": ("Language not stated", "Langue non précisée", "Língua não indicada", "لغة غير محددة"),
    "since": (
        "Since change {number}",
        "Depuis la modification {number}",
        "Desde a alteração {number}",
        "منذ التغيير {number}",
    ),
    "since-start": ("Since the beginning", "Depuis le début", "Desde o início", "منذ البداية"),
    "came": ("was not there then", "n’y figurait pas alors", "não constava então", "لم يكن موجودًا حينها"),
    "went": ("is no longer there", "n’y figure plus", "já não consta", "لم يعد موجودًا"),
    "unchanged": (
        "Without change: {count} of {all}",
        "Sans changement : {count} sur {all}",
        "Sem alteração: {count} de {all}",
        "بلا تغيير: {count} من {all}",
    ),
    "more": ("and {count} more", "et {count} de plus", "e mais {count}", "و{count} أخرى"),
}

#: What stands between the parts of a sentence, between the members of a list, and from one number to the next. The
#: arrow follows the direction of reading, which no display turns by itself.
_SIGNS = {
    "en": {"semicolon": "; ", "comma": ", ", "arrow": " → "},
    "fr": {"semicolon": "\u202f; ", "comma": ", ", "arrow": " → "},
    "pt": {"semicolon": "; ", "comma": ", ", "arrow": " → "},
    "ar": {"semicolon": "؛ ", "comma": "، ", "arrow": " ← "},
}

#: What can turn the direction of a text, by Unicode's bidirectional classes; and the marks that do nothing else.
_LEFT_TO_RIGHT = frozenset(("L", "EN", "AN"))
_RIGHT_TO_LEFT = frozenset(("R", "AL", "AN"))
_TURNING = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])

#: How each language sets off a quoted text.
QUOTES = {"en": "“{}”", "fr": "«\u00a0{}\u00a0»", "pt": "“{}”", "ar": "«{}»"}


class InEach(Mapping[str, str]):
    """A text in each language, made when somebody reads it.

    Args:
        make: makes the text of a language.

    Example:
        >>> InEach(lambda lang: f"in {lang}")["fr"]
        'in fr'
    """

    __slots__ = ("_made", "_make")

    def __init__(self, make: Callable[[str], str]) -> None:
        """Make nothing yet."""
        self._make = make
        self._made: dict[str, str] = {}

    def __getitem__(self, lang: str) -> str:
        """The text in a language."""
        if lang not in self._made:
            if lang not in LANGUAGES:
                raise KeyError(lang)
            self._made[lang] = self._make(lang)
        return self._made[lang]

    def __contains__(self, lang: object) -> bool:
        """Whether it is one of the languages."""
        return lang in LANGUAGES

    def __iter__(self) -> Iterator[str]:
        """The languages."""
        return iter(LANGUAGES)

    def __len__(self) -> int:
        """How many languages there are."""
        return len(LANGUAGES)

    def __repr__(self) -> str:
        """As a dict is written."""
        return repr(dict(self))


def word(name: str, lang: str) -> str:
    """A word in a language, in English where it is not known there.

    Args:
        name: the word's name.
        lang: the language tag.

    Example:
        >>> word("missing", "fr-SN")
        'Il manque'
    """
    return text_in(dict(zip(LANGUAGES, _WORDS[name], strict=True)), lang)


def words(name: str) -> dict[str, str]:
    """A word in every language.

    Args:
        name: the word's name.

    Example:
        >>> words("network")["pt"]
        'Rede'
    """
    return dict(zip(LANGUAGES, _WORDS[name], strict=True))


def isolated(text: str, lang: str) -> str:
    """A text as it stands in a sentence: where it may run the other way, between marks that keep the rest in order.

    The marks (Unicode's first strong isolate, and its end) are invisible. Figures count too: in Arabic a date or a
    negative number would be shown back to front. Marks that somebody's text brings along are left out: they would turn
    the rest of the sentence.

    Args:
        text: the text.
        lang: the language of the sentence.

    Example:
        >>> isolated("Bamako", "fr"), isolated("Bamako", "ar")
        ('Bamako', '\u2068Bamako\u2069')
        >>> isolated("نواكشوط", "fr"), isolated("نواكشوط", "ar")
        ('\u2068نواكشوط\u2069', 'نواكشوط')
    """
    if text.isascii() and not is_rtl(lang):
        return text
    text = text.translate(_TURNING)
    turns = _LEFT_TO_RIGHT if is_rtl(lang) else _RIGHT_TO_LEFT
    return f"\u2068{text}\u2069" if any(unicodedata.bidirectional(one) in turns for one in text) else text


def is_rtl(lang: str) -> bool:
    """Whether a language is written from right to left.

    Args:
        lang: the language tag.

    Example:
        >>> is_rtl("ar-MA"), is_rtl("pt")
        (True, False)
    """
    return lang.partition("-")[0] == "ar"


def listed(texts: Iterable[str], lang: str) -> str:
    """Some texts as members of a list in a sentence.

    Args:
        texts: the texts.
        lang: the language of the sentence.

    Example:
        >>> listed(["Bamako", "Kumasi"], "en")
        'Bamako, Kumasi'
    """
    return sign("comma", lang).join(isolated(text, lang) for text in texts)


def quoted(text: str, lang: str) -> str:
    """A text in the quotation marks of a language.

    Args:
        text: the text.
        lang: the language tag.

    Example:
        >>> quoted("Bamako", "en")
        '“Bamako”'
    """
    return text_in(QUOTES, lang).format(isolated(text, lang))


def colon(lang: str) -> str:
    """The colon between a word and what it says; French sets it apart.

    Args:
        lang: the language tag.

    Example:
        >>> "City" + colon("en") + "Bamako"
        'City: Bamako'
    """
    return "\u00a0: " if lang.partition("-")[0] == "fr" else ": "


def alphabetical(text: str) -> str:
    """What a text is sorted by: without accents, capitals and the signs it begins with.

    Args:
        text: the text.

    Example:
        >>> sorted(["Mesure", "Événement", "“Ville”", "expérimentation"], key=alphabetical)
        ['Événement', 'expérimentation', 'Mesure', '“Ville”']
    """
    plain = "".join(one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one)).casefold()
    return plain[next((at for at, one in enumerate(plain) if one.isalnum()), 0) :]


def sign(name: str, lang: str) -> str:
    """A sign with its spaces, as a language writes it.

    Args:
        name: semicolon, comma or arrow.
        lang: the language tag.

    Example:
        >>> sign("comma", "ar").join(["ا", "ب"])
        'ا، ب'
    """
    return _SIGNS.get(lang.partition("-")[0], _SIGNS["en"])[name]


def signed(number: int, lang: str) -> str:
    """A difference with its sign; in a text from right to left an invisible mark keeps the sign before the number.

    Args:
        number: the difference.
        lang: the language tag.

    Example:
        >>> signed(3, "en"), signed(-3, "en"), signed(0, "en")
        ('+3', '−3', '±0')
    """
    mark = "\u200e" if is_rtl(lang) else ""
    return f"{mark}{'+' if number > 0 else '−' if number else '±'}{abs(number)}"


def percent(some: int, every: int, lang: str) -> str:
    """A share in whole hundredths, never rounded up to everything nor down to nothing.

    Args:
        some: how many.
        every: of how many.
        lang: the language tag; French sets the sign apart.

    Example:
        >>> percent(999, 1000, "en")
        '99%'
    """
    if not every:
        return "–"
    share = round(100 * some / every)
    if share == 100 and some < every:
        share = 99
    if share == 0 and some:
        share = 1
    return f"{share}\u00a0%" if lang.partition("-")[0] == "fr" else f"{share}%"


def share(some: int, every: int) -> float | None:
    """A share in whole ten-thousandths, never rounded up to everything nor down to nothing; None of nothing.

    Args:
        some: how many.
        every: of how many.

    Example:
        >>> share(2, 3), share(99_999, 100_000), share(0, 0)
        (0.6667, 0.9999, None)
    """
    if not every:
        return None
    rounded = (2 * 10_000 * some + every) // (2 * every)
    if rounded == 10_000 and some < every:
        rounded = 9_999
    if rounded == 0 and some:
        rounded = 1
    return rounded / 10_000
