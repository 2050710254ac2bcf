"""The texts of the page where pictures are classified, and of the decision log, in Korean by their English."""

from __future__ import annotations

from typing import Final

LINE: Final = {
    "A picture is kept only where you label it.": "라벨을 붙인 사진만 저장합니다.",
    "Add": "추가",
    "Add it with a label": "라벨을 붙여 추가",
    "Added as image": "추가됨: 이미지",
    "All as CSV": "모두 CSV로",
    "Answer": "답",
    "Best": "거부하기 전의 클래스",
    "Came": "경로",
    "Choose what is known, or type a new one.": "있는 것을 고르거나 새로 입력하십시오.",
    "Day": "날짜",
    "Decisions": "판정 기록",
    "Decisions are not logged now; those of before are shown.": (
        "지금은 판정을 기록하지 않습니다. 이전 기록을 보여 줍니다."
    ),
    "Distance": "거리",
    "Do the pictures drift?": "사진이 달라지고 있습니까?",
    "Each decision is logged, and removed after {days} days.": "모든 판정을 기록하고 {days}일 뒤에 지웁니다.",
    "Earlier ones": "이전 것",
    "Fit it anew": "다시 맞추기",
    (
        "How far the pictures of each day (UTC) were from their nearest neighbours: half, 90 % and 99 % of "
        "them were nearer than this. Where it grows, they move away from what is stored."
    ): (
        "날마다(UTC) 사진이 가장 가까운 이웃에서 얼마나 떨어져 있었는지: 50 %, 90 %, 99 %가 이 거리 안에 "
        "있었습니다. 커지면 저장된 사진에서 멀어지는 것입니다."
    ),
    "It could not be fitted anew: {problem}": "다시 맞추지 못했습니다: {problem}",
    "It is being fitted anew since {since} (UTC); the old fit decides until the new one stands.": (
        "{since}(UTC)부터 다시 맞추는 중입니다. 끝날 때까지 이전 것으로 판정합니다."
    ),
    "It is gone.": "없어졌습니다.",
    "It was fitted anew at {since} (UTC).": "{since}(UTC)에 다시 맞췄습니다.",
    "Labels at": "라벨 상태",
    "Mean confidence": "평균 신뢰도",
    "No pictures ({count}):": "사진이 아닌 것({count}):",
    "Nothing is stored.": "아무것도 저장하지 않습니다.",
    "Picture": "사진",
    "The decisions are logged, for {days} days:": "판정을 {days}일 동안 기록합니다:",
    "The decisions, the last first": "판정, 최근 것부터",
    "The picture is not there any more.": "사진이 더 이상 없습니다.",
    "The stored pictures decide what they are, by the model {model}.": "저장된 사진이 모델 {model}(으)로 판정합니다.",
    "Time (UTC)": "시각(UTC)",
    "Transform {name}": "변환 {name}",
    "Unknown": "모름",
    "Watched directory": "감시하는 디렉터리",
    "fitted at {at} (UTC).": "{at}(UTC)에 맞춤.",
    "sent": "보냄",
    "watched": "감시",
    "{answered} answered, {waiting} wait.": "판정 {answered}장, 대기 {waiting}장.",
    "{images} images were stored since it was fitted.": "맞춘 뒤에 이미지 {images}장이 저장되었습니다.",
}
