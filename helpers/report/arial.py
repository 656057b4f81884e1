"""How wide text is in Arial, the face of our slides: also in every face that stands in for it with the same widths.

The advance of each letter in thousandths of the size. Kerning is left out: it only makes lines shorter.
"""

from __future__ import annotations

from functools import cache

from helpers.report.lettering import width

_REGULAR = {
    191: "'", 222: "ijlįĵĺļłſіј‘’‚", 260: "|¦", 278: " !,./:;I[\\]ft\xa0·ÌÍÎÏìíîïĨĩĪīĬĭĮİıţŧІЇї", 292: "ľ",
    333: "()-`r¡¨²³´¸¹ŕŗř“”„", 334: "{}ŀ", 350: "•", 355: '"', 365: "ºгѓ", 370: "ª", 375: "ť", 389: "*", 400: "°",
    411: "ґ", 438: "кќ", 444: "ĳ", 458: "зт", 469: "^", 489: "Ґ", 500: "JcksvxyzçýÿćĉċčĴķĸśŝşšŷźżžЈсухѕў", 510: "эє",
    521: "чь", 531: "в", 537: "¶", 542: "ЃГпя", 549: "±÷≈≤≥", 552: "¯нџ",
    556: "#$0123456789?L_abdeghnopqu¢£¤¥§«»àáâãäåèéêëðñòóôõöùúûüþāăąđēĕėęěĝğġģĥħĹĻĽĿŁńņňŋōŏőũūŭůűųаеорѐёђћ–€",
    559: "ийѝ", 573: "бц", 576: "µ", 583: "ЌКдл", 584: "+<=>~¬×−", 604: "ŉЗ", 611: "FTZ¿ßøŢŤŦŹŻŽТ", 615: "ď",
    625: "ъ", 635: "ЎУ", 656: "БЛЬ", 667: "&ABEKPSVXYÀÁÂÃÄÅÈÉÊËÝÞĀĂĄĒĔĖĘĚĶŚŜŞŠŶŸЀЁЅАВЕРХЧ", 669: "ж", 677: "Д",
    688: "м", 719: "ЄЏИЙПЭы", 722: "CDHNRUwÇÐÑÙÚÛÜĆĈĊČĎĐĤĦŃŅŇŔŖŘŨŪŬŮŰŲŵЍНСЯ", 723: "Ŋ", 735: "Ĳ", 737: "©®", 740: "Ц",
    750: "ю", 760: "Ф", 778: "GOQÒÓÔÕÖØĜĞĠĢŌŎŐО", 792: "Ъ", 802: "ш", 812: "њ", 823: "фщ", 833: "MmМ", 834: "¼½¾",
    854: "Ћ", 865: "Ђ", 885: "Ы", 889: "%æ", 906: "љ", 917: "Ш", 923: "Ж", 938: "Щ", 944: "WœŴ", 1000: "ÆŒ—…←→",
    1010: "ЊЮ", 1015: "@", 1057: "Љ", 1073: "№",
}  # fmt: skip
_BOLD = {
    238: "'", 276: "Ї", 278: " ,./I\\ijl\xa0·ÌÍÎÏìíîïĨĩĪīĬĭĮįİıĵĺļłſІіј‘’‚", 280: "|¦", 281: "ї",
    333: "!()-:;[]`ft¡¨²³´¸¹ţŧ", 350: "•", 365: "º", 370: "ª", 385: "ľ", 389: "*r{}ŕŗř", 400: "°", 417: "гѓ",
    447: "ґ", 474: '"', 479: "ŀť", 487: "Ґ", 490: "т", 497: "з", 500: "zźżžкќ“”„", 549: "±÷≈≤≥", 552: "¯эє",
    556: "#$0123456789J_aceksvxy¢£¤¥§«¶»àáâãäåçèéêëýÿāăąćĉċčēĕėęěĳĴķĸśŝşšŷЈаесухѐёѕў–€", 567: "ЃГ", 576: "µ",
    581: "ч", 583: "я", 584: "+<=>^~¬×−", 604: "нпџ", 610: "ЌК",
    611: "?FLTZbdghnopqu¿ßðñòóôõöøùúûüþđĝğġģĥħĹĻĽĿŁńņňŋōŏőŢŤŦũūŭůűųŹŻŽТорђћ", 615: "вийцьѝ", 618: "б", 622: "ЎУ",
    626: "З", 635: "дл", 667: "EPSVXYÈÉÊËÝÞĒĔĖĘĚŚŜŞŠŶŸЀЅЕРХ", 669: "Ё", 702: "Л", 703: "Ч", 708: "ŉ", 709: "ж",
    711: "ЄЭ", 712: "Д", 719: "ďЏБИЙПЬЯ", 722: "&ABCDHKNRUÀÁÂÃÄÅÇÐÑÙÚÛÜĀĂĄĆĈĊČĎĐĤĦĶŃŅŇŔŖŘŨŪŬŮŰŲЍАВНС", 723: "Ŋ",
    729: "ъ", 730: "Ц", 737: "©®", 740: "м", 778: "GOQwÒÓÔÕÖØĜĞĠĢŌŎŐŵО", 785: "Ĳ", 833: "MМш", 834: "¼½¾", 844: "щ",
    854: "Фыю", 870: "Ъ", 875: "Ћф", 885: "Ђ", 889: "%mæ", 904: "Ж", 906: "њ", 944: "WœŴ", 969: "љ", 975: "@",
    979: "Ы", 1000: "ÆŒ—…←→", 1005: "Ш", 1019: "Щ", 1031: "Ю", 1062: "Њ", 1094: "Љ", 1115: "№",
}  # fmt: skip
WIDTHS = {
    (bold, letter): wide / 1000
    for bold, groups in ((False, _REGULAR), (True, _BOLD))
    for wide, letters in groups.items()
    for letter in letters
}
"""(bold, letter) → its advance as part of the size."""


def arial(text: str, size: float, *, bold: bool = False) -> float:
    """Points of the longest line of ``text``; a letter that Arial lacks is as wide as in the face of pictures."""
    lines = text.split("\n")
    return size * max(sum(WIDTHS.get((bold, c)) or measured(c, bold) for c in line) for line in lines)


@cache
def measured(character: str, bold: bool) -> float:
    """Its advance in the face of pictures; between two figures, where nothing is kerned: an "e" after an "x" is."""
    return (width(f"0{character}0", 100, bold=bold) - width("00", 100, bold=bold)) / 100
