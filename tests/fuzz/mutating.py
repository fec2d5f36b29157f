"""Mutations of TOML files, each case by its number: the same number gives the same file."""

from __future__ import annotations

import copy
import random
import tomllib

import tomli_w

ODD = (
    0, -1, 1, 2**31, 2**63 - 1, 0.0, -0.5, 1.0, 1.5, 1e300, 5e-324, float("nan"), float("inf"),
    True, False, "", " ", ".", "..", "/", "~", "~nobody/x", "a/b", "\\", "\0", "a\0b", "two\nlines",
    "\x1b[2J", "‮abc", "ñandú", "研究", "🐿", "e\u0301", "{name}", "%s", "none", "muon", "sgd",
    "mlp", "cnn9", "digits", "fast", "fasst", "./none.toml", "x" * 10_000, "/" + "y/" * 3000,
    [], {}, [[]], [1, "a"], [1, 1], [32, 64], ["adam", "sgd", "muon"], list(range(2000)),
    {"en": "a"}, {"es": "b", "en": 1}, {"fr": "c"}, {"a": {"b": {"c": {}}}},
)  # fmt: skip
"""Values that somebody could write, by mistake or not."""

ODD_TEXT = (
    "9" * 5000, "-" + "1" * 4400, "0x" + "f" * 5000, "1e999", "[" * 5000, "[" * 200 + "]" * 200,
    "{a=" * 900 + "1" + "}" * 900, "nan", "2026-02-30", "2026-11-26", "12:30:00", '"""', "'''",
    "\ufeff", "\u2028", "\x00", "[[alternative]]", "[base]", "[[base]]", "a.b.c.d = 1", "=", "#",
    "seeds = 1000\n", "recipe = \"fast\"\n", "momentum = 0.5\n", "start_from = \"mlp\"\n",
)  # fmt: skip
"""Pieces of text to put into a file where they do not belong."""


def mutated(text: str, case: int) -> bytes:
    """Return a TOML file with one to three things changed in it."""
    chance = random.Random(case)
    if chance.random() < 0.8:
        content = tomllib.loads(text)
        for _ in range(chance.choice((1, 1, 1, 2, 3))):
            _change_tree(content, chance)
        try:
            text = tomli_w.dumps(content)
        except (TypeError, ValueError):
            return b"= unwritable"
        if chance.random() < 0.9:
            return text.encode()
    changed = text.encode()
    for _ in range(chance.randint(1, 3)):
        changed = _change_text(changed, chance)
    return changed


def _change_tree(content, chance):
    table, key = _place(content, chance)
    change = chance.randrange(7)
    if change == 0:
        del table[key]
    elif change == 1 and isinstance(table, dict):
        table[chance.choice(("epoch", "", "a b", "x" * 300, "\x1b", "name", "recipe"))] = odd(
            chance
        )
    elif change == 2 and isinstance(table, list):
        table += [copy.deepcopy(table[key]) for _ in range(chance.choice((1, 1, 3, 1200)))]
    elif change == 3:
        value = table[key]
        for _ in range(chance.choice((1, 2, 50))):
            value = [value] if chance.random() < 0.5 else {"inner": value}
        table[key] = value
    elif change == 4:
        other, other_key = _place(content, chance)
        table[key] = copy.deepcopy(other[other_key])
    else:
        table[key] = odd(chance)
    if not content:
        content["alternative"] = [{"name": "a"}]


def _place(content, chance):
    """Return a table or a list inside, and one of its keys or places."""
    node, key = content, chance.choice(list(content))
    while chance.random() < 0.9:
        inner = node[key]
        if isinstance(inner, dict) and inner:
            node, key = inner, chance.choice(list(inner))
        elif isinstance(inner, list) and inner:
            node, key = inner, chance.randrange(len(inner))
        else:
            break
    return node, key


def _change_text(content, chance):
    start = chance.randrange(len(content) + 1)
    change = chance.randrange(5)
    if change == 0:
        return content[:start]
    if change == 1:
        return content[:start] + bytes([chance.randrange(256)]) + content[start + 1 :]
    if change == 2:
        end = min(len(content), start + chance.randrange(1, 200))
        return content[:end] + content[start:end] * chance.choice((1, 2, 100)) + content[end:]
    piece = chance.choice(ODD_TEXT).encode()
    if change == 3:  # as the value of a key
        line = content.rfind(b"=", 0, start)
        end = content.find(b"\n", line)
        if line >= 0 and end >= 0:
            return content[: line + 1] + b" " + piece + content[end:]
    return content[:start] + piece + content[start:]


def odd(chance):
    return copy.deepcopy(chance.choice(ODD))
