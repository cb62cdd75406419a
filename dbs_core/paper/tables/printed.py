"""What the paper prints in its Tables 1 to 8 (Gao et al., AAAI 2019), typed from it.

All are in percent mAP unless a row says otherwise. Table 3 names each column by the
data that its check marks choose; the numbers of samples confirm the marks (200 videos,
2.6 thousand crops, 2.7 thousand clips).
"""

from collections.abc import Iterable, Mapping

from dbs_core.paper.tables.table import PaperTable, TableRow, Values, beside

THUMOS_IOU = ("0.1", "0.2", "0.3", "0.4", "0.5", "0.6", "0.7")
ACTIVITYNET_IOU = ("0.5", "0.75", "0.95", "Avg")


def _row(name: str, *printed: float | None, unit: str = "%") -> TableRow:
    empty: Values = (None,) * len(printed)
    return TableRow(name, empty, tuple(None if v is None else v for v in printed), unit)


_TABLES = (
    PaperTable(
        "1",
        "Grid size: detection and running time",
        ("24 × 24", "32 × 32", "48 × 48", "64 × 64"),
        (
            _row("Imprint generation", 0.51, 1.18, 1.85, 3.01, unit="s"),
            _row("Inference", 25.7, 33.5, 55.1, 97.2, unit="ms"),
            _row("mAP", 27.8, 29.2, 31.5, 31.7),
        ),
        note="THUMOS'14 test, mAP at tIoU 0.5; times on a Titan Xp, videos of 230 s.",
        source="Table 1, section Parameter analysis",
    ),
    PaperTable(
        "2",
        "Architecture of the FCN",
        ("C1", "C2", "C3", "C4", "F3"),
        (_row("mAP", 27.4, 29.8, 31.5, 30.7, 29.6),),
        note="THUMOS'14 test, tIoU 0.5. C: 3 × 3 kernels, F: 1 × 1; the number counts "
        "layers, 512 channels each.",
        source="Table 2, section Parameter analysis",
    ),
    PaperTable(
        "3",
        "Training data",
        ("val", "val + gt", "val + UCF20", "gt + UCF20", "val + gt + UCF20"),
        (
            _row("No. of samples", 200.0, 2800.0, 2900.0, 5300.0, 5500.0, unit=""),
            _row("mAP", 24.6, 28.2, 27.1, 27.5, 31.5),
        ),
        note="THUMOS'14 test, tIoU 0.5. val: full validation videos; gt: their "
        "instances as videos; UCF20: clips of UCF101 with the same classes.",
        source="Table 3, section Parameter analysis",
    ),
    PaperTable(
        "4",
        "Appearance, motion, and both",
        THUMOS_IOU[:5],
        (
            _row("RGB", 50.7, 48.7, 44.4, 38.8, 31.5),
            _row("Flow", 50.3, 48.5, 45.1, 38.5, 31.2),
            _row("R+F", 56.7, 54.7, 50.6, 43.1, 34.3),
        ),
        note="THUMOS'14 test, mAP by tIoU.",
        source="Table 4, section Parameter analysis",
    ),
    PaperTable(
        "5",
        "Per-frame labelling",
        ("mAP",),
        (
            _row("Single-frame CNN (Yeung et al. 2015)", 34.7),
            _row("Two-stream (Simonyan and Zisserman 2014)", 36.2),
            _row("LSTM (Donahue et al. 2015)", 39.3),
            _row("MultiLSTM (Yeung et al. 2015)", 41.3),
            _row("CDC (Shou et al. 2017)", 44.4),
            _row("DBS", 47.8),
        ),
        note="THUMOS'14 test, all frames ranked per class.",
        source="Table 5, section Comparison with state-of-the-art",
    ),
    PaperTable(
        "6",
        "Detection by tIoU",
        THUMOS_IOU,
        (
            _row("Richard and Gall 2016", 39.7, 35.7, 30.0, 23.2, 15.2, None, None),
            _row("Yeung et al. 2016", 48.9, 44.0, 36.0, 26.4, 17.1, None, None),
            _row("Yuan et al. 2016", 51.4, 42.6, 33.6, 26.1, 18.8, None, None),
            _row("S-CNN (2016)", 47.7, 43.5, 36.3, 28.7, 19.0, 10.3, 5.3),
            _row("CDC (2017)", 49.1, 46.1, 40.1, 29.4, 23.3, 13.1, 7.9),
            _row("SSAD (2017)", 50.1, 47.8, 43.0, 35.0, 24.6, None, None),
            _row("R-C3D (2017)", 54.5, 51.5, 44.8, 35.6, 28.9, None, None),
            _row("SS-TAD (2017)", None, None, 45.7, None, 29.2, None, 9.6),
            _row("SSN (2017)", 66.0, 59.4, 51.9, 41.0, 29.8, None, None),
            _row("CBR-TS (2017)", 60.1, 56.7, 50.1, 41.3, 31.0, 19.1, 9.9),
            _row("DBS", 56.7, 54.7, 50.6, 43.1, 34.3, 24.4, 14.7),
        ),
        note="THUMOS'14 test, mAP by tIoU.",
        source="Table 6, section Comparison with state-of-the-art",
    ),
    PaperTable(
        "7",
        "ActivityNet v1.2",
        ACTIVITYNET_IOU,
        (
            _row("SSN-SW (Zhao et al. 2017)", None, None, None, 18.2),
            _row("Xiong et al. 2017", 41.1, 24.1, 5.0, 24.9),
            _row("SSN-TAG (Zhao et al. 2017)", None, None, None, 25.9),
            _row("DBS", 44.0, 27.5, 7.4, 27.8),
        ),
        note="Validation set, mAP by tIoU; Avg over 0.50:0.05:0.95.",
        source="Table 7, section Comparison with state-of-the-art",
    ),
    PaperTable(
        "8",
        "ActivityNet v1.3",
        ACTIVITYNET_IOU,
        (
            _row("Dai et al. 2017", 36.2, 21.1, 3.9, None),
            _row("Heilbron et al. 2017", 40.0, 17.9, 4.7, 21.7),
            _row("Xiong et al. 2017", 39.1, 23.5, 5.5, 24.0),
            _row("DBS", 43.2, 25.8, 6.1, 26.1),
        ),
        note="Validation set, mAP by tIoU; Avg over 0.50:0.05:0.95.",
        source="Table 8, section Comparison with state-of-the-art",
    ),
)

PRINTED: Mapping[str, PaperTable] = {table.key: table for table in _TABLES}


def all_tables(computed: Iterable[PaperTable]) -> list[PaperTable]:
    """Give the paper's tables with what was computed beside, then tables of ours."""
    ours = {table.key: table for table in computed}
    tables = [
        beside(ours[key], printed) if key in ours else printed
        for key, printed in PRINTED.items()
    ]
    return tables + [table for key, table in ours.items() if key not in PRINTED]


"""The paper's tables by number, nothing computed in them."""
