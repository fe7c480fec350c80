"""The four kinds of directory files by name, which one a file is, and one way in and out for all of them.

>>> guess("isp.json", b'{"memberCount": 3}'), guess("wiki.properties", b"service.name = Wiki"), guess("-", b'{"tagLine": ""}')
('isp', 'chatonsinfos', 'librehost')
>>> guess("-", b'{"@type": "Organization", "homeUrl": "https://alder.test", "location": {"city": "Town"}}')
'librehost'
>>> guess("x.json", b"{}")
''
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from polder.commons.card import chatonsinfos, freifunk, isp, librehost
from polder.commons.card.chatonsinfos import read_chatonsinfos
from polder.commons.card.chatonsinfos_write import write_chatonsinfos
from polder.commons.card.columns import Exported, Imported, Outgoing
from polder.commons.card.freifunk import read_freifunk
from polder.commons.card.freifunk_write import write_freifunk
from polder.commons.card.isp import read_isp, write_isp
from polder.commons.card.json_files import read_object
from polder.commons.card.librehost import read_librehost, write_librehost
from polder.commons.card.model import UNKNOWN_LANGUAGE, Card
from polder.kernel.problem import Problem


@dataclass(frozen=True, slots=True)
class Format:
    """``title``: what people call it. ``served``: where such a file is expected on a web server."""

    name: str
    title: str
    served: str
    write: Callable[[Card, Outgoing], Exported]


FORMATS: Mapping[str, Format] = {
    one.name: one
    for one in (
        Format(chatonsinfos.NAME, "ChatonsInfos", "/.well-known/chatonsinfos/", write_chatonsinfos),
        Format(librehost.NAME, "librehost.json", "/librehost.json", write_librehost),
        Format(isp.NAME, "isp.json (FFDN)", "/isp.json", write_isp),
        Format(freifunk.NAME, "Freifunk API", "", write_freifunk),
    )
}
_JSON: Mapping[str, Callable[[bytes, str, str], Imported]] = {
    librehost.NAME: read_librehost,
    isp.NAME: read_isp,
    freifunk.NAME: read_freifunk,
}
_SIGNS = (
    (isp.NAME, {"coveredAreas", "memberCount", "subscriberCount", "progressStatus", "ffdnMemberSince"}),
    (librehost.NAME, {*librehost.KEYS} - {"name", "description", "logo", "version"}),
    (freifunk.NAME, {"techDetails", "metacommunity", "nodeMaps", "location", "api"}),
)
_SECTIONS = (b"organization.", b"service.", b"federation.", b"subs.", b"metrics.", b"file.class")


def guess(name: str, content: bytes) -> str:
    """Which format it is: by the file's name, else by its keys, of which format most of them are; ``""`` when nothing tells."""
    if name.endswith(".properties"):
        return chatonsinfos.NAME
    for format in (librehost.NAME, isp.NAME):
        if name.rpartition("/")[2] == f"{format}.json":
            return format
    data, wrong = read_object(content, name)
    if wrong:
        lines = (line.strip() for line in content.splitlines())
        return chatonsinfos.NAME if any(line.startswith(_SECTIONS) for line in lines) else ""
    format, signs = max(_SIGNS, key=lambda one: len(one[1] & set(data)))
    return format if signs & set(data) else ""


def read_directory_file(
    format: str, files: Mapping[str, bytes], language: str = UNKNOWN_LANGUAGE
) -> Imported:
    """The card in a file of ``format`` (in several of one provider, for ChatonsInfos). Never fails: what is wrong is in what it gives."""
    name, content = next(iter(files.items()), ("", b""))
    try:
        if format == chatonsinfos.NAME:
            return read_chatonsinfos(files, language)
        return _JSON[format](content, name, language)
    except RecursionError:
        why = Problem("card.not-json", name, {"why": "RecursionError"})
        return Imported(format, Card(), "invalid", (why,))
