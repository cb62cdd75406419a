"""The two evaluation kits as slow, obvious loops: independent answers for tests.

Written from the description of their rules (METHOD sections 8.2, 8.3, 8.5), one class
and one threshold at a time, with plain lists.
"""

from dbs_core.records import Segments, VideoTruth


def overlap(a, b):
    shared = min(a[1], b[1]) - max(a[0], b[0])
    if shared <= 0:
        return 0.0
    return shared / (max(a[1], b[1]) - min(a[0], b[0]))


def of_class(segments: Segments, label: int):
    return [
        (span.tolist(), float(score))
        for span, lab, score in zip(
            segments.spans_s, segments.labels, segments.scores, strict=True
        )
        if lab == label
    ]


def thumos_list(found, truth, label, tiou):
    """Give the pooled (score, hit) list by video name, and the number of truths."""
    pooled, positives = [], 0
    for video in sorted({*found, *truth}):
        known = truth.get(video, VideoTruth.none())
        truths = of_class(known.segments, label)
        positives += len(truths)
        detections = of_class(found.get(video, Segments.empty()), label)
        detections.sort(key=lambda d: -d[1])
        hit = [False] * len(detections)
        for span, _ in truths:
            best, best_overlap = None, -1.0
            for i, (other, _) in enumerate(detections):
                if not hit[i] and overlap(span, other) > best_overlap:
                    best, best_overlap = i, overlap(span, other)
            if best is not None and best_overlap > tiou:
                hit[best] = True
        for i, (span, score) in enumerate(detections):
            ambiguous = any(overlap(span, a) > 0 for a in known.ambiguous_s.tolist())
            if hit[i] or not ambiguous:
                pooled.append((score, hit[i]))
    return pooled, positives


def thumos_ap(found, truth, label, tiou, *, eleven_points=False):
    pooled, positives = thumos_list(found, truth, label, tiou)
    if eleven_points:
        pooled.sort(key=lambda p: (-p[0], not p[1]))  # hits first, as in its listing
    else:
        pooled.sort(key=lambda p: -p[0])
    curve, hits, total = [], 0, 0.0
    for rank, (_, hit) in enumerate(pooled, start=1):
        hits += hit
        total += hit * hits / rank
        curve.append((hits / positives, hits / rank))
    if not eleven_points:
        return total / positives
    best = [max([p for r, p in curve if r >= i / 10], default=0.0) for i in range(11)]
    return sum(best) / 11


def activitynet_ap(found, truth, label, tiou):
    videos = list(found)
    detections = [
        (score, place, video, span)
        for place, (video, span, score) in enumerate(
            (video, span, score)
            for video in videos
            for span, score in of_class(found[video], label)
        )
    ]
    truths = {video: of_class(truth[video].segments, label) for video in truth}
    positives = sum(map(len, truths.values()))
    taken, hits, curve = set(), 0, []
    ranked = sorted(detections, reverse=True)
    for rank, (_, _, video, span) in enumerate(ranked, start=1):
        choice = max(
            (
                (overlap(span, other), j)
                for j, (other, _) in enumerate(truths.get(video, []))
                if (video, j) not in taken
            ),
            default=(-1.0, -1),
        )
        hit = choice[0] >= tiou
        if hit:
            taken.add((video, choice[1]))
        hits += hit
        curve.append((hit, hits / rank))
    total = 0.0
    for i, (hit, _) in enumerate(curve):
        total += hit * max(p for _, p in curve[i:])
    return total / positives
