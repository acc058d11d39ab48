"""Where the public collections officially lie: addresses, sizes, checksums, licences, and what needs a login."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from wetread.errors import UsageError

__all__ = ["CATALOGUE", "Collection", "Remote", "entry"]


@dataclass(frozen=True, slots=True)
class Remote:
    """A file of a collection on its official server.

    Parameters
    ----------
    name
        What it is called here.
    url
        Where it is fetched from.
    size
        Bytes, or None where nobody says so.
    checksum
        "md5:..." or "sha256:...", or None.
    source
        Who published size and checksum.
    """

    name: str
    url: str
    size: int | None = None
    checksum: str | None = None
    source: str = ""

    @property
    def algorithm(self) -> str | None:
        """Name of the hash function."""
        return self.checksum.partition(":")[0] if self.checksum else None

    @property
    def digest(self) -> str | None:
        """The checksum's hexadecimal digits."""
        return self.checksum.partition(":")[2] if self.checksum else None


@dataclass(frozen=True, slots=True)
class Collection:
    """A public collection.

    Parameters
    ----------
    name, title
        As `load` calls it, and as its authors do.
    page
        The official page, for a person.
    licence
        What it may be used for.
    films
        How many films it was published with.
    files
        What can be fetched without a login; may be empty.
    by_hand
        What a person must fetch, and how.
    """

    name: str
    title: str
    page: str
    licence: str
    films: int
    files: tuple[Remote, ...] = ()
    by_hand: str = ""

    @property
    def size(self) -> int | None:
        """Bytes of all files, or None where one is unknown."""
        sizes = [file.size for file in self.files]
        return None if None in sizes else sum(size for size in sizes if size is not None)


# No address here could be tried from where this was written. Sizes and checksums are those their publishers print; a
# size without a publisher is left out rather than guessed, and is asked of the server before anything is fetched.
_BOX = "https://nihcc.box.com/shared/static/"
_NIH = (
    ("vfk49d74nhbxq3nqjg0900w5nvkorp5c", 2_008_470_987, "fe8ed0a6961412fddcbb3603c11b3698"),
    ("i28rlmbvmfjbl8p2n3ril0pptcmcu9d1", 3_952_623_504, "ab07a2d7cbe6f65ddd97b4ed7bde10bf"),
    ("f1t00wrtdk94satdfb9olcolqx20z2jp", 3_929_234_850, "2301d03bde4c246388bad3876965d574"),
    ("0aowwzs5lhjrceb3qp67ahp0rd1l1etg", 3_838_903_983, "9f1b7f5aae01b13f4bc8e2c44a4b8ef6"),
    ("v5e3goj22zr6h8tzualxfsqlqaygfbsn", 3_935_496_531, "1861f3cd0ef7734df8104f2b0309023b"),
    ("asi7ikud9jwnkrnkj99jnpfkjdes7l6l", 3_986_301_172, "456b53a8b351afd92a35bc41444c58c8"),
    ("jn1b4mw4n6lnh74ovmcjb8y48h8xj07n", 4_016_328_426, "1075121ea20a137b87f290d6a4a5965e"),
    ("tvpxmn7qyrgl0w8wfh9kqfjskv6nmm1j", 4_018_347_353, "b61f34cec3aa69f295fbb593cbd9d443"),
    ("upyy3ml7qdumlgk2rfcvlb9k6gvqq2pj", 4_111_327_929, "442a3caa61ae9b64e61c561294d1e183"),
    ("l6nilvfa9cg3s28tqv1qc1olm3gnz54p", 4_181_556_296, "09ec81c4c31e32858ad8cf965c494b74"),
    ("hhq8fkdgvcari67vfhs7ppg2w6ni4jze", 4_187_084_020, "499aefc67207a5a97692424cf5dbeed5"),
    ("ioqwiy20ihqwyr8pf4c24eazhh281pbu", 2_914_187_733, "dc9fda1757c2de0032b63347a7d2895c"),
)
_ZENODO = "https://zenodo.org/records/10519652/files/"
_MEDMNIST = {
    "pneumoniamnist.npz": "28209eda62fecd6e6a2d98b1501bb15f",
    "pneumoniamnist_64.npz": "8f4eceb4ccffa70c672198ea285246c6",
    "pneumoniamnist_128.npz": "05b46931834c231683c68f40c47b2971",
    "pneumoniamnist_224.npz": "d6a3c71de1b945ea11211b03746c1fe1",
}

CATALOGUE: Mapping[str, Collection] = {
    "nih": Collection(
        name="nih",
        title="NIH ChestX-ray14",
        page="https://nihcc.app.box.com/v/ChestXray-NIHCC",
        licence="no restriction; name the NIH Clinical Center, link the page, cite Wang et al., CVPR 2017",
        films=112_120,
        files=tuple(
            Remote(
                f"images_{place:03}.tar.gz",
                f"{_BOX}{link}.gz",
                size,
                f"md5:{md5}",
                "checksum: NIH's own questions and answers (FAQ_CHESTXRAY.pdf, Q07); size: the server's answers, second hand",
            )
            for place, (link, size, md5) in enumerate(_NIH, 1)
        ),
        by_hand=(
            "Data_Entry_2017_v2020.csv, train_val_list.txt and test_list.txt have no fixed address: take them from the "
            "page with a browser (the lists are also built in here). Kaggle's copy (nih-chest-xrays/data) needs a login "
            "and holds the table of 2017."
        ),
    ),
    "rsna": Collection(
        name="rsna",
        title="RSNA Pneumonia Detection Challenge 2018",
        page="https://www.kaggle.com/competitions/rsna-pneumonia-detection-challenge",
        licence="non-commercial; cite Shih et al., Radiology: Artificial Intelligence 2019",
        films=26_684,
        by_hand=(
            "Kaggle asks for a login and for its rules to be accepted, so nothing is fetched from here: "
            "kaggle competitions download rsna-pneumonia-detection-challenge. The match to NIH is RSNA's "
            "pneumonia-challenge-dataset-mappings on its own page."
        ),
    ),
    "kermany": Collection(
        name="kermany",
        title="Kermany et al., chest X-ray images (Guangzhou), version 2",
        page="https://data.mendeley.com/datasets/rscbjbr9sj/2",
        licence="CC BY 4.0; cite Kermany et al., Cell 2018",
        films=5856,
        files=(
            Remote(
                "ChestXRay2017.zip",
                "https://data.mendeley.com/public-files/datasets/rscbjbr9sj/files/"
                "f12eaf6d-6023-432f-acc9-80c9d7393433/file_downloaded",
                1_235_512_464,
                "sha256:13efc055629733dbab07877f8b3c9f81097840dbcdaa326a8542322c2281ce36",
                "second hand: users of the file who published what they fetched",
            ),
        ),
        by_hand="Kaggle's copy (paultimothymooney/chest-xray-pneumonia) needs a login and adds a folder val of 16 films.",
    ),
    "medmnist": Collection(
        name="medmnist",
        title="PneumoniaMNIST (MedMNIST v2)",
        page="https://zenodo.org/records/10519652",
        licence="CC BY 4.0; cite Yang et al., Scientific Data 2023, and Kermany et al., Cell 2018",
        films=5856,
        files=tuple(
            Remote(name, f"{_ZENODO}{name}?download=1", None, f"md5:{md5}", "checksum: MedMNIST's own package")
            for name, md5 in _MEDMNIST.items()
        ),
    ),
}
"""Every collection that has an official place, by the name that `load` knows."""


def entry(name: str) -> Collection:
    """A collection by name.

    Raises
    ------
    UsageError
        For a name that has no official place.
    """
    if name not in CATALOGUE:
        raise UsageError(f"no collection is fetched under the name {name!r}: {', '.join(CATALOGUE)}")
    return CATALOGUE[name]
