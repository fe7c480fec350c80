"""What the published schemas of isp.json and of the Freifunk API demand, said in our words: enough to hold what we write against it."""

from typing import Any

TEXT = {"type": "string"}
WORDS = {"type": "array", "items": TEXT}
ISP_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["name", "email", "memberCount", "subscriberCount", "coveredAreas", "version"],
    "properties": {
        **dict.fromkeys(("name", "description", "logoURL", "website", "email", "mainMailingList"), TEXT),
        "shortname": {"type": "string", "maxLength": 15},
        "otherWebsites": {"type": "object", "additionalProperties": TEXT},
        "creationDate": TEXT,
        "ffdnMemberSince": TEXT,
        "progressStatus": {"type": "integer", "minimum": 1, "maximum": 7},
        "memberCount": {"type": "integer", "minimum": 0},
        "subscriberCount": {"type": "integer", "minimum": 0},
        "chatrooms": {
            "type": "array",
            "items": {"type": "string", "pattern": "^[a-z0-9+]+:"},
            "uniqueItems": True,
        },
        "registeredOffice": {"type": "object", "additionalProperties": TEXT},
        "coordinates": {"type": "object", "required": ["latitude", "longitude"]},
        "coveredAreas": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["name", "technologies"],
                "properties": {"name": TEXT, "technologies": WORDS, "area": {"type": "object"}},
                "additionalProperties": False,
            },
        },
        "version": {"enum": [0.1]},
    },
}
"""What the published schema of isp.json 0.1 demands."""

POSITION = {
    "type": "object",
    "required": ["lat", "lon"],
    "properties": {"lat": {"type": "number"}, "lon": {"type": "number"}},
    "additionalProperties": False,
}
FREIFUNK_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["name", "location", "contact", "url", "state"],
    "additionalProperties": False,
    "properties": {
        **dict.fromkeys(("api", "name", "url", "metacommunity"), TEXT),
        "location": {
            "type": "object",
            "required": ["city", "geoCode"],
            "additionalProperties": False,
            "properties": {
                "city": TEXT,
                "country": {"type": "string", "pattern": "^([A-Z]{2})?$"},
                "state": {"type": "string", "pattern": "^([A-Z]{2}-[A-Z0-9]+)?$"},
                "geoCode": POSITION,
                "address": {
                    "type": "object",
                    "properties": {"name": TEXT, "street": TEXT, "zipcode": TEXT},
                    "additionalProperties": False,
                },
                "additionalLocations": {"type": "array", "items": {"type": "object"}},
            },
        },
        "contact": {
            "type": "object",
            "minProperties": 1,
            "additionalProperties": False,
            "properties": dict.fromkeys(
                [
                    "email",
                    "facebook",
                    "identica",
                    "irc",
                    "jabber",
                    "ml",
                    "googleplus",
                    "matrix",
                    "mastodon",
                    "twitter",
                    "webform",
                    "phone",
                ],
                TEXT,
            ),
        },
        "timeline": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"description": TEXT, "timestamp": TEXT, "url": TEXT},
                "additionalProperties": False,
            },
        },
        "feeds": {"type": "array"},
        "state": {
            "type": "object",
            "required": ["lastchange"],
            "additionalProperties": False,
            "properties": {
                "nodes": {"type": "integer", "minimum": 0},
                "lastchange": TEXT,
                "message": TEXT,
                "description": TEXT,
                "focus": WORDS,
            },
        },
        "nodeMaps": {"type": "array"},
        "services": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": dict.fromkeys(
                    ("serviceName", "serviceDescription", "externalUri", "internalUri"), TEXT
                ),
                "additionalProperties": False,
            },
        },
        "support": {
            "type": "object",
            "properties": {"club": {}, "donations": {}},
            "additionalProperties": False,
        },
        "socialprojects": {"type": "object"},
        "privacy": {"type": "object", "properties": {"policyurl": TEXT}, "additionalProperties": False},
        "techDetails": {
            "type": "object",
            "properties": {
                "firmware": {"type": "object"},
                "dns": {"type": "array"},
                "networks": {"type": "object"},
                "routing": WORDS,
                "legals": WORDS,
                "updatemode": WORDS,
            },
            "additionalProperties": False,
        },
    },
}
"""What the published schema of the Freifunk API 0.5.3 demands, without its lists of words."""
