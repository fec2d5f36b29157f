"""The conclusions that a notebook's text draws, found by how such sentences are worded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from cotejo.review.notebook import Cell, Notebook
from cotejo.review.topics import LOOSE, topics_in

__all__ = ["Statement", "choices_by_test", "conclusions", "statements"]


@dataclass(frozen=True)
class Statement:
    """A sentence of the text.

    Attributes:
        cell: the position of its cell.
        line: the line in the cell where it begins, from 1.
        text: the sentence, without marks of Markdown.
        topics: what it is about, such as ``"dropout"`` or ``"optimizer adam"``.
    """

    cell: int
    line: int
    text: str
    topics: tuple[str, ...]


_COMPARES = re.compile(
    r"\b(mejor(es)?|peor(es)?|superior(es)?|inferior(es)?|mayor|menor) (que|a|al|resultado)\b|"
    r"\bmás (rápid|lent|precis|exact|estable|robust|efica|eficien|alt|baj|acertad)\w* que\b|"
    r"\b(super|venc|gan)(a|an|ó|aron|e|en|ió)\b (a|al|con|en|clar)\w*|"
    r"\bconverge\w* (\w+ )?(más|antes|mejor)|"
    r"\b(es|son|fue|fueron|resulta|resultó|sigue siendo) (claramente |por tanto |también )?"
    r"(el|la|los|las|lo) (mejor(es)?|peor(es)?|más (adecuad|eficaz|rápid|precis)\w*|óptim\w+)\b|"
    r"\boutperform\w*|\b(better|worse|faster|slower|higher|lower) than\b|"
    r"\b(more|less) (accurate|stable|robust|effective|efficient|precise) than\b|"
    r"\bbeats?\b|\b(is|was) (clearly |by far )?(the )?(best|optimal|superior)\b|"
    r"\bconverge\w* (\w+ )?(faster|sooner|better|more)",
    re.IGNORECASE,
)
"""A comparison, whichever part of the notebook it stands in."""

_CONCLUDES = re.compile(
    r"\b(mejor(a|an|ó|aron|ando|aría)|empeor(a|an|ó|aron)|ayud(a|an|ó|aron)|aport(a|an|ó|aron)|"
    r"reduc(e|en|ió)|redujo|redujeron|aument(a|an|ó|aron)|increment(a|an|ó|aron)|"
    r"disminuy(e|en|ó|eron)|evit(a|an|ó|aron)|acelera(n|ó)?|estabiliza(n|ó)?|benefici(a|an|ó)|"
    r"perjudic(a|an|ó)|improv(es|ed)|help(s|ed)|hurt(s)?|reduc(es|ed)|increas(es|ed)|"
    r"decreas(es|ed)|prevent(s|ed)|speeds? up|stabili[sz](es|ed)|boost(s|ed)?|gains?|"
    r"makes? a difference)\b",
    re.IGNORECASE,
)
"""What something does to a training. Without something in particular it describes one training."""

_JUDGES = re.compile(
    r"\bsobreajust(a|an|ó)\b|\b(hay|se produce|aparece|existe) (un )?(claro )?(sobreajuste|"
    r"overfitting)|\bbast(a|an)\b|\bgenerali[sz]\w* (much |mucho )?(mejor|peor|better|worse)\b|"
    r"\b(es|son|resulta|resultó) (\w+ )?(necesari|suficient|imprescindib|insuficient|fundamental|"
    r"clave|efica|pocas|demasiad)\w*|\boverfit(s|ted)?\b|"
    r"\b(is|are|was|were) (\w+ )?(necessary|enough|essential|crucial|key|effective|too few|"
    r"too many)\b",
    re.IGNORECASE,
)
"""A judgement of a network or its training."""

_HEDGES = re.compile(
    r"\b(podr[ií]an?|quiz[aá]s?|tal vez|parecen?|pareciera|posiblemente|probablemente|puede que|"
    r"pueden? deberse|no se puede|no podemos|no permiten?|no basta|no podr\w+|har[ií]an? falta|"
    r"una sola (semilla|ejecución|vez)|semillas?|por azar|al azar|ruido|intervalos?|esper(o|amos|"
    r"aba|ábamos)|hipótesis|sugieren?|no es posible|habría que|si\b[^.]*\bsemilla|no (hay|se "
    r"(observa|aprecia)n?) diferencia|could|might|may|perhaps|maybe|seems?|appears?|suggests?|"
    r"cannot|can't|can not|not enough|would|seeds?|noise|chance|luck|intervals?|we expect|"
    r"hypothes\w+|not (clear|settled|significant)|no (clear )?difference)\b",
    re.IGNORECASE,
)
"""Words of somebody who claims no more than is known."""

_PLANS = re.compile(
    r"\b(vamos a|probar(emos|é)|ver(emos|é)|entrenar(emos|é)|añadi(mos|remos)|usar(emos|é)|"
    r"queremos|comprobar(emos)?|para ver si|comparar(emos|é)|ahora|a continuación|objetivo|"
    r"let's|let us|we (will|now|want|add|use|try|train|compare)|we'll|going to|next|to see|"
    r"whether|will|goal|aim)\b",
    re.IGNORECASE,
)
"""Words of somebody who says what comes next."""

_GENERAL = re.compile(
    r"\b(often|typically|usually|generally|in general|tends? to|can|such as|normalmente|a menudo|"
    r"suelen?|en general|por lo general|habitualmente|tienden? a|pueden?|tales? como)\b",
    re.IGNORECASE,
)
"""Words of theory, which no run of this notebook is meant to show."""

_ADVISES = re.compile(
    r"(to|if|note|try|use|add|reduce|increase|remember|you|para|si|nota|pruebe|prueba a|use|usa|"
    r"añade|añada|recuerd\w+|hay que)\b",
    re.IGNORECASE,
)
"""How advice to the reader begins."""

_HEADING = re.compile(
    r"conclus|resultad|an[aá]lisis|discus|comparaci|resumen|valoraci|interpretaci|result|analysis|"
    r"discuss|comparison|summary|findings|takeaway",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d+([.,]\d+)?\s*(%|puntos|points)|\b0[.,]\d{2,}")
_BOTH_SPLITS = (
    re.compile(r"entrenamiento|training|\btrain\b", re.IGNORECASE),
    re.compile(r"validaci[oó]n|prueba|\btest\b|\bval|validation", re.IGNORECASE),
)
_CHOOSES = re.compile(
    r"\b((eleg|elig|escog|escoj|seleccion|prefer|prefier)\w*|nos quedamos con|me quedo con|"
    r"cho(o)?s(e|en|ing)|select(ed|s)?|pick(ed|s)?|keep|kept|we went with)\b"
    r"[^.]*\b(por|según|porque|ya que|pues|dado que|con (la )?(mayor|mejor)|con base|"
    r"by|because|since|based on|with the (best|highest))\b[^.]*\b(test|prueba)\b",
    re.IGNORECASE,
)
_NOT_BY_TEST = re.compile(
    r"\b(no|nunca|sin|never|not|without|validaci[oó]n|validation|val)\b", re.IGNORECASE
)

_LONGEST = 4000
_SHORTEST = 12


def conclusions(notebook: Notebook, first_training: int | None) -> list[Statement]:
    """Return the sentences that conclude something from trainings, in order.

    What stands before the first training is theory or plan, and so are questions and sentences
    about what comes next. Careful sentences, which say that something may be so, claim nothing.

    Args:
        notebook: the notebook.
        first_training: the position of the first cell that trains, or None if none does.
    """
    found: list[Statement] = []
    concluding = False
    for cell in notebook.cells:
        if cell.kind != "markdown":
            continue
        after = first_training is not None and cell.number > first_training
        for line, heading, sentence in _sentences(cell):
            if heading:
                concluding = _HEADING.search(sentence) is not None
            elif (after or concluding) and _is_claim(sentence, concluding and after):
                found.append(Statement(cell.number, line, sentence, topics_in(sentence)))
    return found


def choices_by_test(notebook: Notebook) -> list[Statement]:
    """Return the sentences that say that something was chosen by its figures on test images."""
    return [
        statement
        for statement in statements(notebook)
        if _CHOOSES.search(statement.text)
        and not _NOT_BY_TEST.search(statement.text)
        and not statement.text.endswith("?")
    ]


def statements(notebook: Notebook) -> Iterator[Statement]:
    """Yield all sentences of a notebook's text, without its headings."""
    for cell in notebook.cells:
        if cell.kind == "markdown":
            for line, heading, sentence in _sentences(cell):
                if not heading:
                    yield Statement(cell.number, line, sentence, ())


def _is_claim(sentence: str, concluding: bool) -> bool:
    if sentence.endswith(("?", ":")) or _ADVISES.match(sentence):
        return False
    if any(pattern.search(sentence) for pattern in (_HEDGES, _PLANS, _GENERAL)):
        return False
    topics = topics_in(sentence)
    if all(pattern.search(sentence) for pattern in _BOTH_SPLITS):
        return False  # the gap of one network, which one run shows
    if _COMPARES.search(sentence):
        return bool(topics) or _NUMBER.search(sentence) is not None or concluding
    if not concluding and _NUMBER.search(sentence) is None:
        return False
    particular = bool(set(topics) - LOOSE)
    return (particular and _CONCLUDES.search(sentence) is not None) or (
        bool(topics) and _JUDGES.search(sentence) is not None
    )


def _sentences(cell: Cell) -> Iterator[tuple[int, bool, str]]:
    """Yield the line, whether it is a heading, and the text of each sentence of a cell."""
    for line, block in _blocks(cell.source[: 50 * _LONGEST]):
        heading = block.startswith("#")
        text = _plain(block)
        if heading:
            yield line, True, text
            continue
        for sentence in re.split(r"(?<=[.!?;])\s+(?=[A-ZÁÉÍÓÚÑ¿¡0-9])", text):
            if _SHORTEST <= len(sentence) <= _LONGEST:
                yield line, False, sentence.strip()


def _blocks(source: str) -> Iterator[tuple[int, str]]:
    """Yield paragraphs and list items, each with its first line; code and tables are left out."""
    block, first, fenced = "", 1, False
    for number, line in enumerate([*source.split("\n"), ""], 1):
        stripped = line.strip()
        if stripped.startswith(("```", "~~~")):
            fenced = not fenced
            stripped = ""
        starts = re.match(r"(#+ |[-*+] |\d+[.)] )", stripped) is not None
        if block and (not stripped or starts or fenced or block.startswith("#")):
            yield first, block
            block = ""
        if stripped and not fenced and not stripped.startswith(("|", "$$", "<", "![")):
            first = first if block else number
            block = f"{block} {stripped}"[: _LONGEST * 2].strip()


def _plain(block: str) -> str:
    text = re.sub(r"^(#+|[-*+]|\d+[.)])\s+", "", block)
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    return re.sub(r"[*_`]{1,3}(?=\S)|(?<=\S)[*_`]{1,3}", "", text)
