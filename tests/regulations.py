"""Regulations of the tests' own, and the shortest way to store one."""

from datetime import date

from app.knowledge.importing import import_regulation
from app.knowledge.reading.markdown import parse_regulation

TODAY = date(2026, 7, 1)


def source(title, *articles, on="2020年3月1日", effective="2020年5月1日", lines=()):
    """A text with the articles numbered from 第一条, unless they bring their own number."""
    labels = "一二三四五六七八九"
    head = [f"# {title}"]
    head += [f"{on} 集团党委印发"] if on else []
    head += [f"{effective} 施行"] if effective else []
    body = [
        article if article.startswith(("第", "#")) else f"第{labels[place]}条 {article}"
        for place, article in enumerate(articles)
    ]
    return "\n\n".join([*head, *lines, "<!-- INFO END -->", *body]) + "\n"


async def bring(database, title, *articles, today=TODAY, category="制度", **rest):
    """Import a text as one transaction of its own."""
    head = {key: rest.pop(key) for key in ("on", "effective", "lines") if key in rest}
    parsed = parse_regulation(source(title, *articles, **head), category=category)
    async with database.transaction() as session:
        return await import_regulation(session, parsed, today=today, **rest)
