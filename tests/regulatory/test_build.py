"""The folder: every document, every number recorded, the same bytes from the same evidence."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from pathlib import Path

import pytest

from regulatory.made import device_folder
from wetread.errors import ConfigError, LeakError
from wetread.regulatory import written as written_module
from wetread.regulatory.build import FORMATS, Folder, build, folder
from wetread.regulatory.chain import records
from wetread.regulatory.device import load_device
from wetread.regulatory.documents import DOCUMENTS
from wetread.regulatory.gaps import gaps
from wetread.regulatory.pen import MARK
from wetread.regulatory.written import BANNER, written

SOME = ("00-cover-index", "08-validation-plan")


@pytest.fixture(scope="module")
def device_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return device_folder(tmp_path_factory.mktemp("device"))


@pytest.fixture(scope="module")
def built(device_file: Path) -> Folder:
    return folder(load_device(device_file), draft=True, formats=("md",))


def test_every_document_is_there_with_its_banner_and_its_twin(built: Folder) -> None:
    ids = [document.id for document in DOCUMENTS]
    assert [each.document.id for each in built.documents] == ids
    for name in ids:
        text = built.files[f"md/{name}.md"].decode()
        assert text.startswith("# ")
        assert BANNER in text.splitlines()[2]
        assert json.loads(built.files[f"json/{name}.json"])


def test_every_printed_number_is_recorded_with_its_documents(built: Folder) -> None:
    recorded = {record["claim_id"]: record for record in records(built.files["claims.jsonl"])}
    printed = 0
    for each in built.documents:
        for key, text in MARK.findall(each.marked):
            printed += 1
            assert recorded[key]["printed"].casefold() == text.casefold()
            assert each.document.id in recorded[key]["documents"]
    assert printed > 100


def test_every_record_s_evidence_is_among_the_inputs(built: Folder) -> None:
    hashes = {each["sha256"] for each in json.loads(built.files["manifest.json"])["inputs"]}
    for record in records(built.files["claims.jsonl"]):
        assert set(record["artefact_sha256"]) <= hashes
        assert len(record["artefact_sha256"]) == len(record["json_pointer"])


def test_no_mark_is_left_in_any_text(built: Folder) -> None:
    assert not any(re.search("[\ue000-\uf8ff]", content.decode()) for name, content in built.files.items() if name.endswith((".md", ".json", ".jsonl")))  # fmt: skip


def test_no_number_is_typed_by_hand(built: Folder) -> None:
    assert [str(each) for each in built.gaps.digits] == []


def test_the_manifest_lists_every_file_with_its_hash(built: Folder) -> None:
    manifest = json.loads(built.files["manifest.json"])
    listed = {each["file"]: (each["sha256"], each["bytes"]) for each in manifest["outputs"]}
    there = {name: (hashlib.sha256(content).hexdigest(), len(content)) for name, content in built.files.items()}
    assert listed == {name: told for name, told in there.items() if name != "manifest.json"}
    assert (manifest["schema"], manifest["device"]["claim"], manifest["draft"]) == (
        "wetread.documents/1",
        "triage",
        True,
    )
    assert manifest["claims"]["count"] == len(built.claims)


def test_two_builds_are_equal_to_the_last_byte(device_file: Path, tmp_path: Path) -> None:
    elsewhere = device_folder(tmp_path / "somewhere" / "else")
    first, second = (build(load_device(path), draft=True, only=SOME) for path in (device_file, elsewhere))
    assert {name.split("/")[0] for name in first} >= {*FORMATS, "json"}
    assert [name for name in first if first[name] != second.get(name)] == []
    assert list(first) == list(second)


def test_nothing_tells_of_the_machine(device_file: Path, built: Folder) -> None:
    home = str(device_file.parent).encode()
    assert [name for name, content in built.files.items() if home in content] == []


@pytest.mark.parametrize("claim", ["detection", "detection-and-diagnosis"])
def test_another_claim_changes_the_documents_that_say_so_and_no_other(tmp_path: Path, claim: str) -> None:
    """The lock names the claim that it was made for: a device that changes it has none yet."""
    before, after = (
        written(load_device(device_folder(tmp_path / kind, claim=kind, without=("lock", "ledger"))))
        for kind in ("triage", claim)
    )
    differ = {one.document.id for one, other in zip(before, after, strict=True) if one.body != other.body}
    assert differ == {document.id for document in DOCUMENTS if document.by_claim}


def test_a_folder_with_open_fields_is_refused_unless_it_is_a_draft(device_file: Path) -> None:
    with pytest.raises(ConfigError, match=r"because of \d+ gaps; --draft") as caught:
        build(load_device(device_file), draft=False, formats=("md",))
    assert "said.sponsor is open" in str(caught.value) or "said." in str(caught.value)


def test_a_folder_without_open_fields_is_built(device_file: Path, built: Folder, tmp_path: Path) -> None:
    said = {each.field: "Written by whoever answers for it." for each in built.gaps.open}
    for _ in range(3):  # what is filled may ask for more
        found = gaps(load_device(device_folder(tmp_path, said=said)))
        said |= {each.field: "Written by whoever answers for it." for each in found.open}
    assert found.blocking == ()
    assert json.loads(build(load_device(device_folder(tmp_path, said=said)), draft=False, formats=("md",))["manifest.json"])["draft"] is False  # fmt: skip


def test_a_number_typed_by_a_person_stops_every_build_with_its_field(built: Folder, tmp_path: Path) -> None:
    field = built.gaps.open[0].field
    device = load_device(device_folder(tmp_path, said={field: "We saw it.\nThere were about 37 films."}))
    with pytest.raises(
        ConfigError, match=rf"said\.{field}, line 2: '37' is typed by hand, in: There were about 37 films\.$"
    ):
        build(device, draft=True, formats=("md",))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("Some 12 people.", "'12' is typed by hand, in: Some 12 people."),
        ("\ue000c0123456789ab\ue0010.99\ue002 of them.", "'0.99' is typed by hand, in: a mark without its claim"),
        ('{{ num("device:/name") | replace("paper", "9 papers") }}', "'9 papers reader' is typed by hand"),
    ],
)
def test_a_number_typed_in_a_template_stops_every_build_with_its_line(
    device_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: str, said: str
) -> None:
    copied = shutil.copytree(written_module.TEMPLATES, tmp_path / "templates")
    template = copied / "14-human-factors.md"
    template.write_text(template.read_text(encoding="utf-8") + f"\n\n{typed}\n", encoding="utf-8")
    monkeypatch.setattr(written_module, "TEMPLATES", copied)
    with pytest.raises(ConfigError, match=rf"14-human-factors, line \d+: {re.escape(said)}"):
        build(load_device(device_file), draft=True, formats=("md",), only=("14-human-factors",))


def test_a_threshold_chosen_on_the_test_films_stops_every_build(tmp_path: Path) -> None:
    path = device_folder(tmp_path)
    evaluation = json.loads((tmp_path / "evaluation.json").read_text())
    evaluation["cuts"][0]["applied"]["tuned"]["list_hash"] = evaluation["films"]["list_hash"]
    (tmp_path / "evaluation.json").write_text(json.dumps(evaluation))
    with pytest.raises(LeakError, match=r"threshold-on-test.*very films that test it"):
        build(load_device(path), draft=True, formats=("md",))


def test_what_cannot_be_built_is_told(device_file: Path) -> None:
    device = load_device(device_file)
    with pytest.raises(ConfigError, match="no documents are written as 'odt'"):
        build(device, draft=True, formats=("odt",))
    with pytest.raises(ConfigError, match="there is no document '99'"):
        build(device, draft=True, only=("99",))
    with pytest.raises(ConfigError, match="are a draft"):
        build(device, draft=False, only=SOME)


def test_a_bare_device_file_gives_every_document_with_its_gaps(tmp_path: Path) -> None:
    path = device_folder(tmp_path, without=("bundle", "cohort", "split", "plan", "lock", "ledger", "predictions", "labels", "evaluation"),
                         validation=None, indications=None, users=None, sites=None, sponsor=None, said=None, evidence=None)  # fmt: skip
    device = load_device(path)
    assert [each.document.id for each in written(device)] == [document.id for document in DOCUMENTS]
    assert len(gaps(device).missing) >= 5
