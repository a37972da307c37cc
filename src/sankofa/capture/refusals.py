"""Why a cell was not taken in, where it stands and what to do, in four languages.

A refusal names the sheet, the cell as spreadsheets name it, the row by its title, the value, what is wrong with it and
the next step. Nothing here stops a capture: what is right goes in, what is refused is listed, all in one go.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import total_ordering

#: The languages the sentences are written in.
LANGUAGES = ("fr", "en", "pt", "ar")


def column_letters(number: int) -> str:
    """The letters of a column, as spreadsheets count them.

    Args:
        number: the column's number, from 1.

    Example:
        >>> column_letters(4), column_letters(28)
        ('D', 'AB')
    """
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


@dataclass(frozen=True, order=True)
class Place:
    """Where a cell stands: its file, its sheet, its row and column, both from 1; in a text file also the line."""

    file: str
    sheet: str
    row: int
    column: int
    line: int = field(default=0, compare=False)

    @property
    def letter(self) -> str:
        """The column as spreadsheets name it."""
        return column_letters(self.column)

    @property
    def cell(self) -> str:
        """The cell as spreadsheets name it, for example D7."""
        return f"{self.letter}{self.row}"

    def __str__(self) -> str:
        """File and cell, and the sheet where a file has several."""
        return f"{self.file} {self.cell}" if self.sheet in ("", self.file) else f"{self.file} {self.sheet}!{self.cell}"


@total_ordering
@dataclass(frozen=True, eq=True)
class Refusal:
    """One cell (or row, or column) that was not taken in.

    Args:
        place: the cell; of a row its first one, of a column its heading.
        code: the kind of trouble, a key of ``SENTENCES``.
        value: the text that stands there.
        heading: the heading of the column.
        title: what the row is about, in its own words.
        details: what the sentence needs to say more.
    """

    place: Place
    code: str
    value: str = ""
    heading: str = ""
    title: str = ""
    details: Mapping[str, str] = field(default_factory=dict, compare=False)

    def __lt__(self, other: Refusal) -> bool:
        """Refusals stand in the order of their cells."""
        return (self.place, self.code, self.value) < (other.place, other.code, other.value)

    def reason(self, language: str = "en") -> str:
        """What is wrong and what to do, without the place.

        Args:
            language: one of fr, en, pt, ar; another is answered in English.

        Example:
            >>> place = Place("stories.csv", "stories.csv", 7, 4)
            >>> Refusal(place, "not-a-number", "many").reason()
            "'many' is no number. Write figures only, with a point for decimals."
        """
        sentences = SENTENCES[self.code]
        text = sentences[language if language in sentences else "en"]
        if self.details.get("near"):
            text += " " + _NEAR[language if language in _NEAR else "en"]
        return text.format_map({"value": self.value, "heading": self.heading, **self.details})

    def message(self, language: str = "en") -> str:
        """The whole sentence: place, row, what is wrong, what to do.

        Args:
            language: one of fr, en, pt, ar; another is answered in English.

        Example:
            >>> place = Place("stories.csv", "stories.csv", 7, 4)
            >>> Refusal(place, "not-a-number", "many", title="E-tax").message()
            "stories.csv D7 (E-tax): 'many' is no number. Write figures only, with a point for decimals."
        """
        row = f" ({self.title})" if self.title else ""
        return f"{self.place}{row}: {self.reason(language)}"


_NEAR = {
    "en": "Did you mean '{near}'?",
    "fr": "Vouliez-vous dire « {near} » ?",
    "pt": "Quis dizer «{near}»?",
    "ar": "هل تقصد «{near}»؟",
}

SENTENCES: dict[str, dict[str, str]] = {
    "no-heading": {
        "en": "This column holds values but has no heading. Write its heading in row 1.",
        "fr": "Cette colonne contient des valeurs mais n'a pas d'en-tête. Écrivez son en-tête en ligne 1.",
        "pt": "Esta coluna tem valores mas não tem título. Escreva o título na linha 1.",
        "ar": "يحتوي هذا العمود على قيم دون عنوان. اكتب عنوانه في السطر 1.",
    },
    "unknown-heading": {
        "en": "No column of this sheet is called '{value}'; nothing in it was taken in. Correct the heading.",
        "fr": "Aucune colonne de cette feuille ne s'appelle « {value} » ; rien n'en a été repris. Corrigez l'en-tête.",
        "pt": "Nenhuma coluna desta folha se chama «{value}»; nada dela foi lido. Corrija o título.",
        "ar": "لا يوجد في هذه الورقة عمود باسم «{value}»، ولم يؤخذ منه شيء. صحّح العنوان.",
    },
    "not-for-kind": {
        "en": "A record of kind {kind} has no '{heading}'; this cell was not taken in. Empty it, or correct the kind.",
        "fr": "Une fiche du genre {kind} n'a pas de « {heading} » ; cette cellule n'a pas été reprise. "
        "Videz-la, ou corrigez le genre.",
        "pt": "Uma ficha do género {kind} não tem «{heading}»; esta célula não foi lida. "
        "Esvazie-a, ou corrija o género.",
        "ar": "ليس لبطاقة من نوع {kind} حقل «{heading}»، ولم تؤخذ هذه الخلية. أفرغها أو صحّح النوع.",
    },
    "duplicate-heading": {
        "en": "The heading '{value}' stands in column {first} already. Put the values into one column.",
        "fr": "L'en-tête « {value} » figure déjà en colonne {first}. Mettez les valeurs dans une seule colonne.",
        "pt": "O título «{value}» já está na coluna {first}. Ponha os valores numa só coluna.",
        "ar": "العنوان «{value}» موجود من قبل في العمود {first}. ضع القيم في عمود واحد.",
    },
    "bad-language": {
        "en": "'{tag}' is no language tag. Write for example {field}@fr.",
        "fr": "« {tag} » n'est pas un code de langue. Écrivez par exemple {field}@fr.",
        "pt": "«{tag}» não é um código de língua. Escreva por exemplo {field}@fr.",
        "ar": "«{tag}» ليس رمز لغة. اكتب مثلا {field}@fr.",
    },
    "no-language": {
        "en": "'{field}' holds no text of a language. Write the heading without '@{tag}'.",
        "fr": "« {field} » ne contient pas de texte dans une langue. Écrivez l'en-tête sans « @{tag} ».",
        "pt": "«{field}» não contém texto numa língua. Escreva o título sem «@{tag}».",
        "ar": "«{field}» لا يحتوي على نص بلغة ما. اكتب العنوان دون «@{tag}».",
    },
    "ragged-row": {
        "en": "Row {row} has {count} cells where the headings are {expected}; no cell of it was taken in. "
        "Put texts that contain the separator between quotation marks.",
        "fr": "La ligne {row} a {count} cellules pour {expected} en-têtes ; rien n'en a été repris. "
        "Mettez entre guillemets les textes qui contiennent le séparateur.",
        "pt": "A linha {row} tem {count} células para {expected} títulos; nada dela foi lido. "
        "Ponha entre aspas os textos que contêm o separador.",
        "ar": "في السطر {row} عدد من الخلايا ({count}) يخالف عدد العناوين ({expected})، ولم يؤخذ منه شيء. "
        "ضع النصوص التي تحتوي على الفاصل بين علامتي اقتباس.",
    },
    "empty-row": {
        "en": "Row {row} is empty and was left out. Nothing to do.",
        "fr": "La ligne {row} est vide et a été laissée de côté. Rien à faire.",
        "pt": "A linha {row} está vazia e foi deixada de lado. Nada a fazer.",
        "ar": "السطر {row} فارغ وتُرك جانبا. لا شيء يلزم.",
    },
    "no-rows": {
        "en": "The sheet holds no row. Nothing was taken in.",
        "fr": "La feuille ne contient aucune ligne. Rien n'a été repris.",
        "pt": "A folha não tem nenhuma linha. Nada foi lido.",
        "ar": "لا تحتوي الورقة على أي سطر. لم يؤخذ شيء.",
    },
    "no-id": {
        "en": "No identifier can be made of this row; no cell of it was taken in. "
        "Write one in the id column: small letters a to z, digits and hyphens.",
        "fr": "Aucun identifiant ne peut être tiré de cette ligne ; rien n'en a été repris. "
        "Écrivez-en un dans la colonne id : lettres minuscules de a à z, chiffres et traits d'union.",
        "pt": "Não se pode formar um identificador desta linha; nada dela foi lido. "
        "Escreva um na coluna id: letras minúsculas de a a z, algarismos e hífenes.",
        "ar": "لا يمكن تكوين معرّف من هذا السطر، ولم يؤخذ منه شيء. "
        "اكتب معرّفا في عمود id: حروف لاتينية صغيرة وأرقام وشرطات.",
    },
    "bad-id": {
        "en": "'{value}' is no identifier; no cell of this row was taken in. "
        "Use small letters a to z, digits and hyphens, at most 80 characters.",
        "fr": "« {value} » n'est pas un identifiant ; rien de cette ligne n'a été repris. "
        "Utilisez des lettres minuscules de a à z, des chiffres et des traits d'union, 80 caractères au plus.",
        "pt": "«{value}» não é um identificador; nada desta linha foi lido. "
        "Use letras minúsculas de a a z, algarismos e hífenes, no máximo 80 caracteres.",
        "ar": "«{value}» ليس معرّفا، ولم يؤخذ شيء من هذا السطر. "
        "استعمل حروفا لاتينية صغيرة وأرقاما وشرطات، 80 حرفا على الأكثر.",
    },
    "duplicate-id": {
        "en": "The identifier '{value}' is that of {first} already; no cell of this row was taken in. "
        "Give each row its own, or put the two rows together.",
        "fr": "L'identifiant « {value} » est déjà celui de {first} ; rien de cette ligne n'a été repris. "
        "Donnez à chaque ligne le sien, ou réunissez les deux lignes.",
        "pt": "O identificador «{value}» já é o de {first}; nada desta linha foi lido. "
        "Dê a cada linha o seu, ou junte as duas linhas.",
        "ar": "المعرّف «{value}» مستعمل من قبل في {first}، ولم يؤخذ شيء من هذا السطر. "
        "أعط كل سطر معرّفا خاصا به أو اجمع السطرين.",
    },
    "no-kind": {
        "en": "It is not known what the row describes; no cell of it was taken in. Write the kind: {known}.",
        "fr": "On ne sait pas ce que décrit la ligne ; rien n'en a été repris. Écrivez le genre : {known}.",
        "pt": "Não se sabe o que a linha descreve; nada dela foi lido. Escreva o género: {known}.",
        "ar": "لا يُعرف ما يصفه السطر، ولم يؤخذ منه شيء. اكتب النوع: {known}.",
    },
    "refused-row": {
        "en": "The row was refused: see {first}.",
        "fr": "La ligne a été refusée : voir {first}.",
        "pt": "A linha foi recusada: ver {first}.",
        "ar": "رُفض السطر: انظر {first}.",
    },
    "refused-column": {
        "en": "The column was refused: see {first}.",
        "fr": "La colonne a été refusée : voir {first}.",
        "pt": "A coluna foi recusada: ver {first}.",
        "ar": "رُفض العمود: انظر {first}.",
    },
    "control-character": {
        "en": "The text holds a character that cannot be shown ({character}). Type it again.",
        "fr": "Le texte contient un caractère qui ne peut être affiché ({character}). Saisissez-le de nouveau.",
        "pt": "O texto contém um carácter que não se pode mostrar ({character}). Escreva-o de novo.",
        "ar": "يحتوي النص على رمز لا يمكن عرضه ({character}). اكتبه من جديد.",
    },
    "not-a-date": {
        "en": "'{value}' is no date. Write year-month-day, for example 2021-06-05, or 2021-06, or 2021.",
        "fr": "« {value} » n'est pas une date. Écrivez année-mois-jour, par exemple 2021-06-05, ou 2021-06, ou 2021.",
        "pt": "«{value}» não é uma data. Escreva ano-mês-dia, por exemplo 2021-06-05, ou 2021-06, ou 2021.",
        "ar": "«{value}» ليس تاريخا. اكتب السنة ثم الشهر ثم اليوم، مثلا 2021-06-05 أو 2021-06 أو 2021.",
    },
    "not-a-day": {
        "en": "'{value}' is no day. Write year-month-day, for example 2021-06-05.",
        "fr": "« {value} » n'est pas un jour. Écrivez année-mois-jour, par exemple 2021-06-05.",
        "pt": "«{value}» não é um dia. Escreva ano-mês-dia, por exemplo 2021-06-05.",
        "ar": "«{value}» ليس يوما. اكتب السنة ثم الشهر ثم اليوم، مثلا 2021-06-05.",
    },
    "ambiguous-date": {
        "en": "'{value}' can mean {readings}. Write the one you mean, in that form.",
        "fr": "« {value} » peut vouloir dire {readings}. Écrivez la date voulue, sous cette forme.",
        "pt": "«{value}» pode querer dizer {readings}. Escreva a data certa, nessa forma.",
        "ar": "«{value}» قد يعني {readings}. اكتب التاريخ المقصود بهذا الشكل.",
    },
    "not-a-number": {
        "en": "'{value}' is no number. Write figures only, with a point for decimals.",
        "fr": "« {value} » n'est pas un nombre. Écrivez des chiffres seuls, avec un point pour les décimales.",
        "pt": "«{value}» não é um número. Escreva só algarismos, com um ponto para as decimais.",
        "ar": "«{value}» ليس عددا. اكتب أرقاما فقط، مع نقطة للكسور العشرية.",
    },
    "ambiguous-number": {
        "en": "'{value}' can mean {readings}. Write the one you mean, in that form.",
        "fr": "« {value} » peut vouloir dire {readings}. Écrivez le nombre voulu, sous cette forme.",
        "pt": "«{value}» pode querer dizer {readings}. Escreva o número certo, nessa forma.",
        "ar": "«{value}» قد يعني {readings}. اكتب العدد المقصود بهذا الشكل.",
    },
    "not-a-boolean": {
        "en": "'{value}' is neither yes nor no. Write yes or no.",
        "fr": "« {value} » n'est ni oui ni non. Écrivez oui ou non.",
        "pt": "«{value}» não é sim nem não. Escreva sim ou não.",
        "ar": "«{value}» ليس نعم ولا لا. اكتب نعم أو لا.",
    },
    "not-an-address": {
        "en": "'{value}' is no address. Write it whole, for example https://example.org/page, without spaces.",
        "fr": "« {value} » n'est pas une adresse. Écrivez-la entière, comme https://example.org/page, sans espace.",
        "pt": "«{value}» não é um endereço. Escreva-o inteiro, por exemplo https://example.org/page, sem espaços.",
        "ar": "«{value}» ليس عنوانا. اكتبه كاملا، مثلا https://example.org/page، دون فراغات.",
    },
    "unknown-choice": {
        "en": "'{value}' is not in the list of '{heading}'. Choose a value of the list.",
        "fr": "« {value} » n'est pas dans la liste de « {heading} ». Choisissez une valeur de la liste.",
        "pt": "«{value}» não está na lista de «{heading}». Escolha um valor da lista.",
        "ar": "«{value}» ليس في قائمة «{heading}». اختر قيمة من القائمة.",
    },
    "ambiguous-choice": {
        "en": "'{value}' can mean {readings}. Write the identifier of the one you mean.",
        "fr": "« {value} » peut vouloir dire {readings}. Écrivez l'identifiant de celui que vous voulez.",
        "pt": "«{value}» pode querer dizer {readings}. Escreva o identificador do que pretende.",
        "ar": "«{value}» قد يعني {readings}. اكتب معرّف المقصود.",
    },
    "unknown-record": {
        "en": "No record of kind {kinds} has the identifier '{value}'. Correct it, or add the record first.",
        "fr": "Aucune fiche du genre {kinds} n'a l'identifiant « {value} ». Corrigez-le, ou ajoutez d'abord la fiche.",
        "pt": "Nenhuma ficha do género {kinds} tem o identificador «{value}». Corrija-o, ou acrescente antes a ficha.",
        "ar": "لا توجد بطاقة من نوع {kinds} معرّفها «{value}». صحّحه أو أضف البطاقة أولا.",
    },
    "contradiction": {
        "en": "'{value}' contradicts cell {first} of the same row, which says '{said}'. Keep one of the two.",
        "fr": "« {value} » contredit la cellule {first} de la même ligne, qui dit « {said} ». Gardez l'une des deux.",
        "pt": "«{value}» contradiz a célula {first} da mesma linha, que diz «{said}». Mantenha uma das duas.",
        "ar": "«{value}» يناقض الخلية {first} في السطر نفسه التي تقول «{said}». أبق واحدة منهما.",
    },
}
