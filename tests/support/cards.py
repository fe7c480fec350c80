"""Cards for tests: a full one, and any that somebody could write."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

from polder.commons.card.model import (
    ENERGY,
    HOST_CONTROL,
    HOST_KINDS,
    HOST_WHERE,
    KINDS,
    SERVICE_STATES,
    STATES,
    WHO,
    Accessibility,
    Area,
    Capacity,
    Card,
    Contacts,
    Counts,
    Energy,
    Host,
    Membership,
    Place,
    Policies,
    Serves,
    Service,
    Software,
)

RING = [[1.0, 47.0], [2.0, 47.0], [2.0, 48.0], [1.0, 47.0]]
FULL = Card(
    provider="alder",
    name={"en": "Alder"},
    short="ALD",
    summary={"en": "Wikis for neighbours"},
    description={"en": "We run wikis.\nFor neighbours."},
    languages=("en", "fr"),
    kind="association",
    kind_words="a registered association",
    state="active",
    state_note="all is well",
    progress=7,
    since="2014",
    until="2030-05",
    website="https://alder.test/",
    websites={"pad": "https://pad.alder.test/"},
    logo="https://alder.test/logo.png",
    places=(
        Place("FR", "France", "FR-84", "Town", "01000", "1 Quay", 45.1, 5.2),
        Place("DE", "", "", "Stadt", "", "", 50.0, 8.0),
    ),
    contacts=Contacts(
        "hello@alder.test",
        "https://alder.test/contact",
        "list@alder.test",
        "security@alder.test",
        {"irc": ("irc://irc.test/#alder",), "matrix": ("https://matrix.to/#/#alder:alder.test",)},
        {"mastodon": "https://social.test/@alder"},
    ),
    policies=Policies(
        *(f"https://alder.test/{word}" for word in ("terms", "privacy", "legal", "guide", "how"))
    ),
    services={
        "wiki": Service(
            name={"en": "Wiki"},
            summary={"en": "Pages for all"},
            kind="wiki",
            url="https://wiki.alder.test/",
            logo="https://wiki.alder.test/logo.png",
            software=Software(
                "DokuWiki", "2024-02-06", "GPL-2.0-only", "https://d.test/", "https://d.test/src"
            ),
            who=("account", "members"),
            full=False,
            languages=("en",),
            capacity=Capacity(accounts=50),
            price={"en": "A gift"},
            state="ok",
            state_note="fine",
            since="2015-02-01",
            until="2031",
            contact_email="wiki@alder.test",
            contact_form="https://wiki.alder.test/help",
            legal="https://wiki.alder.test/legal",
            user_guide="https://wiki.alder.test/guide",
            technical_guide="https://wiki.alder.test/how",
            host="one",
        )
    },
    hosts={"one": Host("heron", "bay", "physical", "hardware", "Reed", "FR", "France", "Debian 13", "KVM")},
    areas=(Area("Valley", ("wifi", "vpn"), {"type": "Polygon", "coordinates": [RING]}),),
    serves=Serves(("associations",), ("parties",), {"en": "Associations"}),
    capacity=Capacity(100, 20, 3, 10**12, 10**11),
    counts=Counts(40, 90, 12, 7),
    memberships={
        "chatons": Membership("2019-01-01", "2029-01-01", "active", "with joy"),
        "ffdn": Membership("2016-05"),
        "Freifunk Somewhere": Membership(),
    },
    funding={"liberapay": "https://liberapay.test/alder", "betterplace": "123 456"},
    energy=Energy("renewable", 4000, {"en": "Wind"}),
    depends=("A transit company",),
    accessibility=Accessibility("https://alder.test/a11y", {"en": "Mostly"}),
    urls=("https://alder.test/net/",),
    mirrors=("https://beech.test/mirrors/alder/",),
    created="2019-01-22T18:18:18Z",
    valid_until="2027-12-31",
    notes="the spare key is with ben",
)

_LETTERS = st.characters(categories=("Lu", "Ll", "Lo", "Nd"))
_WORD = st.text(_LETTERS, min_size=1, max_size=8).map(lambda word: f"w{word}")
LINE = (
    st.lists(_WORD, min_size=1, max_size=3)
    .map(" ".join)
    .filter(lambda text: text.casefold() not in ("none", "null", "todo"))
)
_SLUG = st.from_regex(r"[a-z][a-z0-9]{0,6}", fullmatch=True)
_URL = _SLUG.map(lambda word: f"https://{word}.test/{word}")
_EMAIL = _SLUG.map(lambda word: f"{word}@alder.test")
_DAY = st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 1, 1)).map(date.isoformat)
_DATE = st.builds(lambda day, length: day[:length], _DAY, st.sampled_from([4, 7, 10]))
_TEXTS = st.dictionaries(st.sampled_from(["en", "fr", "de"]), LINE, max_size=2)
_LINES = st.lists(LINE, max_size=2).map(tuple)
_LANGUAGES = st.lists(st.sampled_from(["en", "fr", "el"]), max_size=2, unique=True).map(tuple)
_COUNT = st.none() | st.integers(0, 10**6)
_COUNTRY = st.sampled_from(["", "FR", "DE", "JP"])


def _blank(strategy: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.just("") | strategy


def _one_of(words: tuple[str, ...]) -> st.SearchStrategy[str]:
    return st.sampled_from(("", *words))


_POSITION = st.none() | st.tuples(st.integers(-90, 90).map(float), st.integers(-180, 180).map(float))
_PLACE = st.builds(
    lambda where, *rest: Place(*rest, *(where or (None, None))),
    _POSITION,
    _COUNTRY,
    _blank(LINE),
    _blank(st.sampled_from(["DE-HE", "Here"])),
    _blank(LINE),
    _blank(LINE),
    _blank(LINE),
)
_ROOMS = st.sampled_from(
    ["irc://irc.test/#a", "https://matrix.to/#/#a:b.test", "here; there", "a, b", "xmpp:a@b.test"]
)
_CHATS = st.dictionaries(
    st.sampled_from(["irc", "matrix", "mattermost", "xmpp", "a.b"]),
    st.lists(_ROOMS, min_size=1, max_size=2).map(tuple),
    max_size=2,
)
_CONTACTS = st.builds(
    Contacts,
    _blank(_EMAIL),
    _blank(_URL),
    _blank(_EMAIL | _URL),
    _blank(_EMAIL),
    _CHATS,
    st.dictionaries(st.sampled_from(["mastodon", "peertube", "twitter", "a=b"]), LINE, max_size=2),
)
_CAPACITY = st.builds(Capacity, _COUNT, _COUNT, _COUNT, _COUNT, _COUNT)
_SOFTWARE = st.builds(Software, _blank(LINE), _blank(LINE), _blank(LINE), _blank(_URL), _blank(_URL))
_SERVICE = st.builds(
    Service,
    name=_TEXTS,
    summary=_TEXTS,
    kind=_blank(LINE),
    url=_blank(_URL),
    logo=_blank(_URL),
    software=_SOFTWARE,
    who=st.lists(st.sampled_from(WHO), max_size=2, unique=True).map(tuple),
    full=st.none() | st.booleans(),
    languages=_LANGUAGES,
    capacity=_CAPACITY,
    price=_TEXTS,
    state=_one_of(SERVICE_STATES),
    state_note=_blank(LINE),
    since=_blank(_DATE),
    until=_blank(_DATE),
    contact_email=_blank(_EMAIL),
    contact_form=_blank(_URL),
    legal=_blank(_URL),
    user_guide=_blank(_URL),
    technical_guide=_blank(_URL),
)
_HOST = st.builds(
    Host,
    _blank(LINE),
    _one_of(HOST_WHERE),
    _one_of(HOST_KINDS),
    _one_of(HOST_CONTROL),
    _blank(LINE),
    _COUNTRY,
    _blank(LINE),
    _blank(LINE),
    _blank(LINE),
)
_AREA = st.builds(Area, LINE, _LINES, st.sampled_from([{}, {"type": "Polygon", "coordinates": [RING]}]))
_MEMBERSHIP = st.builds(Membership, _blank(_DATE), _blank(_DATE), _one_of(STATES), _blank(LINE))
CARDS: st.SearchStrategy[Card] = st.builds(
    Card,
    name=st.dictionaries(st.sampled_from(["en", "fr"]), LINE, min_size=1, max_size=2),
    short=_blank(_SLUG),
    summary=_TEXTS,
    description=_TEXTS,
    languages=_LANGUAGES,
    kind=_one_of(KINDS),
    kind_words=_blank(LINE),
    state=_one_of(STATES),
    state_note=_blank(LINE),
    progress=st.integers(0, 7),
    since=_blank(_DATE),
    until=_blank(_DATE),
    website=_blank(_URL),
    websites=st.dictionaries(LINE, _URL, max_size=2),
    logo=_blank(_URL),
    places=st.lists(_PLACE, max_size=3).map(tuple),
    contacts=_CONTACTS,
    policies=st.builds(Policies, _blank(_URL), _blank(_URL), _blank(_URL), _blank(_URL), _blank(_URL)),
    services=st.dictionaries(_SLUG, _SERVICE, max_size=2),
    hosts=st.dictionaries(_SLUG, _HOST, max_size=2),
    areas=st.lists(_AREA, max_size=2).map(tuple),
    serves=st.builds(Serves, _LINES, _LINES, _TEXTS),
    capacity=_CAPACITY,
    counts=st.builds(Counts, _COUNT, _COUNT, _COUNT, _COUNT),
    memberships=st.dictionaries(st.sampled_from(["chatons", "ffdn", "frankfurt_am_main", "a.b"]), _MEMBERSHIP, max_size=2),
    funding=st.dictionaries(st.sampled_from(["liberapay", "betterplace", "custom"]), LINE, max_size=2),
    energy=st.builds(Energy, _one_of(ENERGY), _COUNT, _TEXTS),
    depends=_LINES,
    mirrors=st.lists(_URL, max_size=1).map(tuple),
    created=st.sampled_from(["", "2019-01-22T18:18:18Z"]),
    valid_until=_blank(_DATE),
    notes=_blank(LINE),
    hide=st.lists(st.sampled_from(["capacity", "places.address", "services.software"]), max_size=1).map(tuple),
)  # fmt: skip
