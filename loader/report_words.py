"""The words of the report in Korean; in English they are as they stand where they are used."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from loader.config import ConfigurationError

Words = Callable[[str], str]

KOREAN: Final[Mapping[str, str]] = {
    "{share} right": "{share} 맞음",
    "{correct} of {tested} pictures are recognised.": "사진 {tested}장 가운데 {correct}장을 맞혔습니다.",
    "With more pictures of this kind it would be between {low} and {high} (95 % interval).": (
        "같은 종류의 사진이 더 많다면 {low}에서 {high} 사이일 것입니다(95 % 구간)."
    ),
    "Always saying the commonest class would be right in {majority}.": (
        "언제나 가장 흔한 클래스라고 답하면 {majority}가 맞습니다."
    ),
    "{copies} of the tested pictures have a copy among the others; without them {share} are right.": (
        "시험한 사진 가운데 {copies}장은 다른 사진에 복사본이 있습니다. 그것을 빼면 {share}가 맞습니다."
    ),
    "{labels} labels changed since: evaluate again for the figures of now.": (
        "그 뒤 라벨 {labels}개가 바뀌었습니다. 지금의 수치를 보려면 다시 평가하십시오."
    ),
    "Nothing could be tested.": "시험할 수 있는 것이 없었습니다.",
    "What to do next": "다음에 할 일",
    "So few pictures do not show that this is better than guessing: label more of each class.": (
        "이만한 사진으로는 찍는 것보다 낫다고 할 수 없습니다. 클래스마다 라벨을 더 붙이십시오."
    ),
    "Look at the labels to check, below: a confident mistake may be a wrong label.": (
        "아래의 확인할 라벨을 보십시오. 자신 있게 틀린 답은 라벨이 잘못된 것일 수 있습니다."
    ),
    "Of {name}, {share} are missed: load more pictures of it, or ask what fewer would cost:": (
        "{name} 가운데 {share}를 놓칩니다. 그 사진을 더 적재하거나, 덜 놓치려면 무엇이 드는지 물으십시오:"
    ),
    "Try a fitted transform, which often is right more often:": "맞춘 변환을 써 보십시오. 더 자주 맞을 때가 많습니다:",
    "Classify new pictures:": "새 사진을 분류하십시오:",
    "Evaluation {run}": "평가 {run}",
    "{target} by {method}": "{target}, {method}",
    "quality": "품질",
    "category1": "분류 1",
    "category2": "분류 2",
    "majority": "다수결",
    "inverse": "거리 역수",
    "softmax": "소프트맥스",
    "cosine": "코사인",
    "euclidean": "유클리드",
    "dot": "내적",
    "leave-one-out": "하나씩 빼고 판정",
    "{folds}-fold (seed {seed})": "{folds}겹 교차 검증(시드 {seed})",
    "leave-one-group-out by {path}": "{path} 묶음마다 빼고 판정",
    "time at {path}": "{path}의 시각",
    "the files' time of change": "파일이 바뀐 시각",
    "the newest {share} % from the older, by {time}": "{time}에 따라 새것 {share} %를 옛것으로 판정",
    "the directory {path} from all others": "디렉터리 {path}를 나머지 모두로 판정",
    "settings chosen for each fold on the others": "묶음마다 설정을 나머지에서 고름",
    "{kind}, classes compared": "{kind}, 클래스끼리 비교",
    "shrinkage {value}": "축소 {value}",
    "{value} dimensions": "{value}차원",
    "kernel width {value}": "커널 폭 {value}",
    "ridge {value}": "능형 {value}",
    "numbers told apart at {value}": "{value}에서 나눈 수",
    "by {grades} as grades, from {value} on": "{grades} 등급 {value} 이상 기준",
    "k = {k}, {weighting} votes": "k = {k}, {weighting} 투표",
    "k = {k}, {weighting} votes at temperature {temperature}": "k = {k}, {weighting} 투표(온도 {temperature})",
    "{metric} distance": "{metric} 거리",
    "within the part": "같은 부품 안에서",
    "across parts": "부품을 가리지 않고",
    "part {part} only": "부품 {part}만",
    "source {source} only": "출처 {source}만",
    "by the vector index": "벡터 인덱스로",
    "by the vector index (target accuracy {accuracy} %)": "벡터 인덱스로(목표 정확도 {accuracy} %)",
    "(none)": "(없음)",
    "{name} ({images} images)": "{name} (이미지 {images}장)",
    "{name} ({images} images, forgotten since)": "{name} (이미지 {images}장, 그 뒤에 지움)",
    "Compared with an earlier run": "이전 평가와 비교",
    "Compared with run {run}": "평가 {run}와(과) 비교",
    "No earlier run was done in the same way. To compare with another one, name it:": (
        "같은 방식으로 한 이전 평가가 없습니다. 다른 평가와 비교하려면 번호를 쓰십시오:"
    ),
    "The two runs tested no picture in common.": "두 평가가 함께 시험한 사진이 없습니다.",
    "Of the {tested} pictures that both tested, {won} are right now that were wrong, and {lost} are wrong that were "
    "right.": (
        "둘 다 시험한 사진 {tested}장 가운데 틀렸다가 맞게 된 것이 {won}장, 맞았다가 틀리게 된 것이 {lost}장입니다."
    ),
    "That is {difference} percentage points (95 % interval {low} to {high}).": (
        "차이는 {difference} 퍼센트포인트입니다(95 % 구간 {low}에서 {high})."
    ),
    "If the two were equally good, so large a difference would come by chance with probability {p} (McNemar's exact "
    "test).": ("둘이 똑같이 좋다면 이만한 차이가 우연히 나올 확률은 {p}입니다(맥니마 정확 검정)."),
    "Changed decisions": "달라진 판정",
    "A click on a picture, or Enter, shows it large.": "사진을 누르거나 Enter를 치면 크게 보입니다.",
    "no file is known": "파일을 모름",
    "{count} pictures are not where they were loaded from, or can not be read. Load them from where they are now, and "
    "write the report again:": (
        "사진 {count}장이 적재한 자리에 없거나 읽을 수 없습니다. 지금 있는 곳에서 적재하고 보고서를 다시 쓰십시오:"
    ),
    "{count} pictures were put in by no load: which files they are is not known.": (
        "사진 {count}장은 적재로 들어온 것이 아니어서 어느 파일인지 알 수 없습니다."
    ),
    "Model": "모델",
    "data": "데이터",
    "Sources": "출처",
    "Accuracy": "정확도",
    "Without copies": "복사본을 뺀 정확도",
    "By the commonest class / by chance": "가장 흔한 클래스로 / 우연히",
    "Balanced accuracy": "균형 정확도",
    "F1, macro / weighted": "F1, 매크로 / 가중",
    "Calibration error": "보정 오차",
    "Tested": "시험함",
    "Mistakes": "틀림",
    "of {images} images": "이미지 {images}장 가운데",
    "not looked for": "찾지 않음",
    "{copies} tested images have one": "시험한 이미지 {copies}장에 있음",
    "Not tested:": "시험하지 않은 것:",
    "Which classes are taken for which": "어떤 클래스를 어떤 것으로 보는가",
    "Rows: what an image is. Columns: what it was taken for. Darker: more of the row.": (
        "행: 이미지의 라벨. 열: 무엇으로 보았는가. 진할수록 행에서 차지하는 비율이 큽니다."
    ),
    "Nothing was tested.": "시험한 것이 없습니다.",
    "Figures of each class": "클래스마다의 수치",
    "Missed: images of the class that were taken for another. False alarms: images of other classes that were taken "
    "for it, as a share of those.": (
        "놓침: 그 클래스인데 다른 것으로 본 이미지. 오경보: 다른 클래스인데 그것으로 본 이미지의 비율."
    ),
    "Class": "클래스",
    "Images": "이미지",
    "Precision": "정밀도",
    "Recall": "재현율",
    "F1": "F1",
    "Missed": "놓침",
    "False alarms": "오경보",
    "Figures of each part": "부품마다의 수치",
    "Part": "부품",
    "Right": "맞음",
    "95 % interval": "95 % 구간",
    "If doubtful images are rejected": "의심스러운 이미지를 거부하면",
    "Only the most confident answers are kept: how many that leaves, and how many of those are right.": (
        "가장 자신 있는 답만 남깁니다. 얼마나 남고, 그 가운데 얼마나 맞는가."
    ),
    "images answered (coverage)": "답한 이미지(커버리지)",
    "Confidence of at least": "최소 신뢰도",
    "Answered": "답함",
    "Right of those": "그 가운데 맞음",
    "Can the confidence be trusted?": "신뢰도를 믿을 수 있는가?",
    "On the line the confidence is what it says; below it answers are right less often. Larger: more images.": (
        "선 위에 있으면 신뢰도가 말 그대로입니다. 아래에 있으면 덜 맞습니다. 원이 클수록 이미지가 많습니다."
    ),
    "Confidence (mean)": "신뢰도(평균)",
    "The most confident mistakes": "가장 자신 있게 틀린 것",
    "None.": "없음.",
    "First the image, framed, with its label; then its nearest neighbours with label and distance. A confident mistake "
    "may be a wrong label.": (
        "먼저 테두리를 두른 이미지와 그 라벨, 다음은 가장 가까운 이웃과 라벨, 거리입니다. 자신 있게 틀린 답은 라벨이 "
        "잘못된 것일 수 있습니다."
    ),
    "Classes were compared here, not pictures: the neighbours are shown as examples, and took no part.": (
        "여기서는 사진이 아니라 클래스를 비교했습니다. 이웃은 보기로 보일 뿐, 판정에는 쓰이지 않았습니다."
    ),
    "taken for": "→",
    "confidence": "신뢰도",
    "part": "부품",
    "picture not found": "사진을 찾을 수 없음",
    "class": "클래스",
    "put in by no load": "적재로 들어온 것이 아님",
    "Labels to check": "확인할 라벨",
    "Image": "이미지",
    "Label": "라벨",
    "Neighbours say": "이웃의 답",
    "Votes for the label": "라벨에 대한 표",
    "File": "파일",
    "Pictures that are nearly the same": "거의 같은 사진",
    "Other image": "다른 이미지",
    "Distance": "거리",
    "Pictures far from all others": "다른 모든 것에서 먼 사진",
    "Against the part's median": "부품의 중앙값 대비",
}
LANGUAGES: Final = ("en", "ko")


def words_of(language: str) -> Words:
    """What a text of the report is in this language. Raises ConfigurationError for one that there is not."""
    if language not in LANGUAGES:
        raise ConfigurationError(f"--language: choose from {', '.join(LANGUAGES)}, not {language or 'empty'}")
    return KOREAN.__getitem__ if language == "ko" else str
