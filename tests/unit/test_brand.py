"""Whose report it is: brand.yml, its logo and templates, the colours that may change and those that may not."""

import io
import zipfile

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from pptx import Presentation

from helpers.brand import find_brand, read_brand
from helpers.errors import BrandError
from helpers.report.logo import LogoError, read_logo
from helpers.report.look import TINTED, contrast, dark, light, readable, recoloured
from helpers.report.model import Brand
from helpers.report.palette import COLOURS, DARK

WHEEL = ("#c8102e", "#ff6a00", "#ffd400", "#00a651", "#00b7c3", "#1f4fa8", "#7a1fa8", "#ff00aa", "#000000", "#808080")
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 40">{}</svg>'
CIRCLE = '<circle cx="20" cy="20" r="18" fill="#7a1f3d"/>'


def write(folder, text="name: Иванова и партнёры\n", name="brand.yml"):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def logo(folder, inside=CIRCLE, head="", name="logo.svg"):
    write(folder, head + SVG.format(inside), name)
    return folder / name


def problems(path):
    with pytest.raises(BrandError) as caught:
        read_brand(path)
    assert caught.value.exit_code == 2
    return str(caught.value).splitlines()


# The file ------------------------------------------------------------------------------------------------------------


def test_a_full_brand(tmp_path):
    logo(tmp_path)
    text = 'name: A\nlogo: logo.svg\nprimary: "#7A1F3D"\nsecondary: c63\ncontact: a@b.example\nfooter: Only for you\n'
    branding = read_brand(write(tmp_path, text))
    brand = branding.brand
    assert (brand.name, brand.primary, brand.contact, brand.footer) == ("A", "#7a1f3d", "a@b.example", "Only for you")
    assert brand.secondary == "#cc6633"
    assert (brand.logo_type, brand.logo_size) == ("svg", (120.0, 40.0))
    assert brand.logo_bytes.startswith(b"<svg")
    assert branding.notes == ()


def test_a_name_is_enough(tmp_path):
    brand = read_brand(write(tmp_path)).brand
    assert brand.name == "Иванова и партнёры"
    assert (brand.logo_type, brand.logo_bytes, brand.docx, brand.pptx) == ("", b"", b"", b"")
    assert light(brand)["accent"] == light(None)["accent"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("logo: x.svg\n", ["brand.yml:1 name: the key is missing - add it"]),
        ("name: A\ncolor: red\n", ["brand.yml:2 color: unknown key 'color' - "]),
        ("name: A\nprimary: #1f4fa8\n", ["brand.yml:2 primary: found nothing - must be a colour in quotes"]),
        ("name: A\nprimary: red\n", ["brand.yml:2 primary: found 'red' - must be a colour such as \"#1f4fa8\""]),
        ("name: A\nlogo: ../x.svg\n", ["brand.yml:2 logo: found '../x.svg' - must be the name of a file beside"]),
        ("name: A\nlogo: /etc/x.svg\n", ["brand.yml:2 logo: found '/etc/x.svg' - must be the name of a file"]),
        ("name: A\nlogo: no.png\n", ["brand.yml:2 logo: no.png cannot be read"]),
        ("", ["brand.yml: the file is empty"]),
        ("- a\n", ["brand.yml:1: holds no keys"]),
        ("name: [\n", ["brand.yml:2: not YAML"]),
        ("name: ''\nfooter: 7\n", ["brand.yml:1 name: found ''", "brand.yml:2 footer: found 7"]),
    ],
)
def test_each_mistake_is_a_line_with_its_place(tmp_path, text, said):
    found = problems(write(tmp_path, text))
    assert len(found) == len(said)
    for line, beginning in zip(found, said, strict=True):
        assert line.startswith(beginning)
        assert str(tmp_path) not in line


def test_a_file_that_is_not_there_is_a_line(tmp_path):
    assert problems(tmp_path / "other.yml") == ["other.yml: there is no such file - name a brand.yml"]


def test_the_clients_own_brand_comes_before_the_one_around_it(tmp_path):
    assert find_brand(tmp_path / "clients" / "a") is None
    write(tmp_path / "clients", "name: Around\n")
    (tmp_path / "clients" / "a").mkdir()
    assert find_brand(tmp_path / "clients" / "a").brand.name == "Around"
    write(tmp_path / "clients" / "a", "name: Own\n")
    assert find_brand(tmp_path / "clients" / "a").brand.name == "Own"


# Colours -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("colour", WHEEL)
def test_colours_can_be_read_and_a_change_is_told(tmp_path, colour):
    branding = read_brand(write(tmp_path, f'name: A\nprimary: "{colour}"\nsecondary: "{colour}"\n'))
    for key, ratio in (("primary", 4.5), ("secondary", 3.0)):
        found = getattr(branding.brand, key)
        assert contrast(found, "#ffffff") >= ratio
        changed = contrast(colour, "#ffffff") < ratio
        assert (found != colour) == changed
        assert any(f"{key} {colour} has a contrast of" in note and found in note for note in branding.notes) == changed


def test_contrast_is_that_of_wcag():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)
    assert contrast("#ff0000", "#0000ff") == pytest.approx(2.15, abs=0.005)


def test_a_colour_keeps_its_hue_when_it_is_made_readable():
    red, green, blue = bytes.fromhex(readable("#ffd400", "#ffffff", 4.5)[1:])
    assert red > green > blue
    assert readable("#123456", "#ffffff", 4.5) == "#123456"


@pytest.mark.parametrize("colour", WHEEL)
def test_meanings_keep_their_colours_and_greys_their_lightness(colour):
    brand = Brand(name="A", primary=readable(colour, "#ffffff", 4.5))
    for ours, palette in ((light(brand), COLOURS), (dark(brand), DARK)):
        for name, value in palette.items():
            if name not in TINTED:
                assert ours[name] == value
                continue
            assert contrast(ours[name], palette["paper"]) == pytest.approx(contrast(value, palette["paper"]), rel=0.06)
        assert contrast(ours["muted"], palette["paper"]) >= 4.5
        assert contrast(ours["accent"], palette["paper"]) >= 4.5
        assert contrast(ours["second"], palette["paper"]) >= 3


def test_a_picture_changes_its_greys_and_nothing_else():
    brand = Brand(name="A", primary="#7a1f3d")
    neutral, unknown = COLOURS["neutral"], COLOURS["unknown"]
    svg = (
        f'<svg><title>{neutral}</title><path style="fill: {neutral}; stroke: {COLOURS["sales"]}"/>'
        f'<path fill="{unknown}"/><path d="M{neutral}"/></svg>'
    )
    found = recoloured(svg, brand)
    assert found.count(neutral) == 2
    assert unknown not in found
    assert light(brand)["neutral"] in found
    assert COLOURS["sales"] in found
    assert recoloured(svg, None) == svg


# The logo ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("inside", "said"),
    [
        ("<script>alert(1)</script>", "holds <script>"),
        ('<a href="https://evil.example"><rect width="1" height="1"/></a>', "holds <a>"),
        ("<foreignObject><p>x</p></foreignObject>", "holds <foreignObject>"),
        ('<rect onload="alert(1)" width="1" height="1"/>', "holds a script (onload)"),
        ('<image href="https://evil.example/x.png"/>', "points at 'https://evil.example/x.png'"),
        ('<image href="file:///etc/passwd"/>', "points at 'file:///etc/passwd'"),
        ('<image href="data:image/svg+xml;base64,AAAA"/>', "points at 'data:image/svg+xml"),
        ('<use href="other.svg#a"/>', "points at 'other.svg#a'"),
        ('<rect style="fill:url(https://evil.example/x)"/>', "points at 'https://evil.example/x'"),
        ('<rect style="fill:u\\72l(x)"/>', "holds a script in its style"),
        ("<style>@import 'https://evil.example/x.css';</style>", "begin with @"),
        ("<style>.a{fill:url('https://evil.example/x')}</style>", "points at"),
        ("<text>Иванова</text>", "turn letters into outlines"),
        ('<set attributeName="href" to="javascript:alert(1)"/>', "holds <set>"),
    ],
)
def test_a_logo_that_is_more_than_shapes_is_refused(tmp_path, inside, said):
    with pytest.raises(LogoError, match=r"logo\.svg") as caught:
        read_logo(logo(tmp_path, inside))
    assert said in str(caught.value)


@pytest.mark.parametrize(
    "head",
    [
        '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>',
        '<?xml-stylesheet href="https://evil.example/x.css"?>',
    ],
)
def test_definitions_beside_the_picture_are_refused(tmp_path, head):
    with pytest.raises(LogoError, match="holds definitions"):
        read_logo(logo(tmp_path, head=head))


def test_what_programs_leave_in_a_logo_is_dropped_and_its_shapes_stay(tmp_path):
    head = (
        '<?xml version="1.0" encoding="utf-8"?>\n<!-- Ivanova, C:\\Users\\ivanova -->\n'
        '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'
    )
    inside = (
        '<metadata>secret</metadata><x:view xmlns:x="http://www.inkscape.org/x"/><style>.a{fill:#7a1f3d}</style>'
        '<defs><linearGradient id="g"><stop offset="0"/></linearGradient></defs><path class="a" d="M0 0h9v9z"/>'
        '<rect fill="url(#g)" width="9" height="9"/>'
    )
    data = Brand(name="A", logo=read_logo(logo(tmp_path, inside, head)).uri).logo_bytes.decode()
    assert "secret" not in data
    assert "inkscape" not in data
    assert "ivanova" not in data
    assert "DOCTYPE" not in data
    assert all(part in data for part in ("<style>", "linearGradient", 'class="a"', "url(#g)"))


def test_a_logo_gets_its_size_from_its_sides_or_is_refused(tmp_path):
    write(tmp_path, '<svg xmlns="http://www.w3.org/2000/svg" width="30mm" height="10mm"/>', "a.svg")
    assert read_logo(tmp_path / "a.svg").size == (30.0, 10.0)
    write(tmp_path, '<svg xmlns="http://www.w3.org/2000/svg"/>', "b.svg")
    with pytest.raises(LogoError, match="has no size"):
        read_logo(tmp_path / "b.svg")


def test_a_png_is_drawn_anew_without_what_hides_in_it(tmp_path):
    picture = Image.new("RGB", (3000, 1000), (122, 31, 61))
    info = PngInfo()
    info.add_text("Author", "C:\\Users\\ivanova")
    out = io.BytesIO()
    picture.save(out, "PNG", pnginfo=info)
    (tmp_path / "logo.png").write_bytes(out.getvalue() + b"<script>alert(1)</script>")
    found = read_logo(tmp_path / "logo.png")
    data = Brand(name="A", logo=found.uri).logo_bytes
    assert found.size == (1200.0, 400.0)
    assert b"ivanova" not in data
    assert b"script" not in data
    assert Image.open(io.BytesIO(data)).getpixel((5, 5)) == (122, 31, 61)


@pytest.mark.parametrize(
    ("data", "said"),
    [(b"GIF89a", "neither SVG nor PNG"), (b"\x89PNG\r\n\x1a\nxx", "damaged PNG"), (b"<svg><g></svg>", "damaged SVG")],
)
def test_a_file_that_is_no_picture_is_refused(tmp_path, data, said):
    (tmp_path / "logo.svg").write_bytes(data)
    with pytest.raises(LogoError, match=said):
        read_logo(tmp_path / "logo.svg")


# Templates -----------------------------------------------------------------------------------------------------------


def deck(path, **parts):
    out = io.BytesIO()
    Presentation().save(out)
    if parts:
        with zipfile.ZipFile(out, "a") as package:
            for name, text in parts.items():
                package.writestr(name.replace("__", "/"), text)
    path.write_bytes(out.getvalue())


def test_templates_beside_the_file_belong_to_the_brand(tmp_path):
    deck(tmp_path / "brand.pptx")
    assert read_brand(write(tmp_path)).brand.pptx == (tmp_path / "brand.pptx").read_bytes()


def test_a_template_that_is_another_file_is_refused(tmp_path):
    (tmp_path / "brand.docx").write_bytes(b"PK not a document")
    deck(tmp_path / "brand.pptx", **{"ppt__vbaProject.bin": "x"})
    assert problems(write(tmp_path)) == [
        "brand.docx: is not a .docx file - open it in an office program and save it as an ordinary .docx",
        "brand.pptx: holds macros - open it in an office program and save it as an ordinary .pptx",
    ]
