"""Tables in Markdown."""


def number(value, form):
    """A figure, or nothing for None; no sign before a zero."""
    if value is None:
        return ""
    text = format(value, form)
    return text.lstrip("-") if text.strip("-0.") == "" else text


def table(heads, lines):
    """Lines of cells below heads; the first column is text."""
    rows = [list(map(str, row)) for row in [heads, *lines]]
    widths = [max(len(row[column]) for row in rows) for column in range(len(heads))]
    texts = ["| " + " | ".join(cell.rjust(width) if column else cell.ljust(width)
                               for column, (cell, width) in enumerate(zip(row, widths))) + " |" for row in rows]
    marks = ["-" * (width + 1) + (":" if column else "-") for column, width in enumerate(widths)]
    return "\n".join([texts[0], "|" + "|".join(marks) + "|", *texts[1:]]) + "\n"


def of_figures(rows, columns):
    """rows are (name, dictionary or a reason why there is none), columns are (key, head, format)."""
    lines = []
    for name, figures in rows:
        if isinstance(figures, str):
            lines.append([f"{name}: {figures}"] + [""] * len(columns))
        else:
            lines.append([name] + [number(figures.get(key), form) for key, _, form in columns])
    return table([""] + [head for _, head, _ in columns], lines)


def put_between(path, text, begin="<!-- measured -->", end="<!-- /measured -->"):
    """Replaces what is between two marks in a file, if it has them. True if it has."""
    try:
        with open(path, encoding="utf-8") as file:
            before, rest = file.read().split(begin, 1)
            _, after = rest.split(end, 1)
    except (FileNotFoundError, ValueError):
        return False
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"{before}{begin}\n\n{text.strip()}\n\n{end}{after}")
    return True
