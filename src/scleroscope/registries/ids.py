"""Which registry an id belongs to, from its form.

The registries are the primary ones of the WHO (https://pmc.ncbi.nlm.nih.gov/articles/PMC7685261), their
partners, and the EU's two registers; the EudraCT number is of the form YYYY-NNNNNN-CC
(https://www.ct-toolkit.ac.uk/routemap/eudract-number/). How many digits an id has, and that in an EU number
the six digits start with 5 from CTIS on, is as it stands in records, not as a registry has laid it down.
"""

from __future__ import annotations

import re

from scleroscope.model.study import RegistryId

# scheme, form; the first group (or all) is the id in its own spelling.
_FORMS = tuple(
    (scheme, re.compile(form, re.IGNORECASE))
    for scheme, form in (
        ("nct", r"\b(NCT\d{8})\b"),
        ("ctis", r"\b((?:20)\d{2}-5\d{5}-\d{2}(?:-\d{2})?)\b"),
        ("euctr", r"(?<![\d-])((?:19|20)\d{2}-[0-4]\d{5}-\d{2})(?![\d])"),
        ("isrctn", r"\b(ISRCTN\d{8})\b"),
        ("utn", r"\b(U1111-\d{4}-\d{4})\b"),
        ("anzctr", r"\b(ACTRN\d{14})\b"),
        ("chictr", r"\b(ChiCTR[-A-Z]*\d{8,10})\b"),
        ("ctri", r"\b(CTRI/\d{4}/\d{2,3}/\d{5,6})\b"),
        ("drks", r"\b(DRKS\d{8})\b"),
        ("irct", r"\b(IRCT\d{8,}N\d+)\b"),
        ("jrct", r"\b(jRCTs?\d{9,10})\b"),
        ("umin", r"\b(UMIN\d{9})\b"),
        ("japic", r"\b(JapicCTI-\d{6})\b"),
        ("cris", r"\b(KCT\d{7})\b"),
        ("pactr", r"\b(PACTR\d{15,16})\b"),
        ("rebec", r"\b(RBR-[a-z0-9]{6,8})\b"),
        ("rpcec", r"\b(RPCEC\d{8})\b"),
        ("slctr", r"\b(SLCTR/\d{4}/\d{3})\b"),
        ("tctr", r"\b(TCTR\d{11})\b"),
        ("lbctr", r"\b(LBCTR\d{10})\b"),
        ("ntr", r"\b(NTR\d{3,5}|NL-OMON\d{5})\b"),
    )
)
# What every id of these forms holds; most sponsors' own numbers do not, and need no closer look.
_MARK = re.compile(
    r"19\d\d-|20\d\d-|NCT|ISRCTN|U1111|ACTRN|CTR|CTI-|DRKS|IRCT|RCT|UMIN|KCT|RBR-|RPCEC|NL-OMON|NTR",
    re.IGNORECASE,
)
_UPPER = frozenset(
    {"nct", "isrctn", "utn", "anzctr", "ctri", "drks", "irct", "umin", "cris", "pactr", "rpcec", "tctr"}
)


def registry_id(text: str, registered_as: str | None = None, *, otherwise: str = "other") -> RegistryId:
    """The id in a text, with its scheme; `otherwise` is the scheme when no form fits.

    >>> registry_id("EudraCT 2005-003229-20").scheme, registry_id("EudraCT 2005-003229-20").value
    ('euctr', '2005-003229-20')
    >>> registry_id("AC-052-330", otherwise="sponsor").scheme
    'sponsor'
    """
    for scheme, form in _FORMS if _MARK.search(text) else ():
        if match := form.search(text):
            value = match[1].upper() if scheme in _UPPER else match[1]
            if value != text:
                registered_as = f"{registered_as}: {text}" if registered_as else text
            return RegistryId(scheme=scheme, value=value, registered_as=registered_as)
    return RegistryId(scheme=otherwise, value=text, registered_as=registered_as)
