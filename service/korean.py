"""The texts of the pages in Korean, by their English."""

from __future__ import annotations

from typing import Final

from service.korean_line import LINE

KOREAN: Final = {
    "95 % interval": "95 % 구간",
    "A and B can not be told apart on these images: take the faster, A": (
        "이 이미지로는 A와 B의 차이를 알 수 없습니다. 더 빠른 A를 쓰십시오"
    ),
    "A and B can not be told apart on these images: take the faster, B": (
        "이 이미지로는 A와 B의 차이를 알 수 없습니다. 더 빠른 B를 쓰십시오"
    ),
    "A and B can not be told apart on these images: take the one that costs less": (
        "이 이미지로는 A와 B의 차이를 알 수 없습니다. 비용이 적은 쪽을 쓰십시오"
    ),
    "A click opens a picture; the wheel and the buttons zoom, dragging moves. By keys: arrows go from point to "
    "point, Enter opens, + and − zoom. A class in the legend can be hidden.": (
        "점을 누르면 사진이 열립니다. 휠과 버튼으로 확대하고, 끌어서 옮깁니다. 키보드: 화살표로 점을 옮겨 다니고, "
        "Enter로 열고, +와 −로 확대합니다. 범례에서 클래스를 숨길 수 있습니다."
    ),
    "A is right more often: the difference is larger than chance explains": (
        "A가 더 자주 맞습니다. 우연으로 보기에는 차이가 큽니다"
    ),
    "A number opens a run. To compare two runs of the same target, choose the earlier as A and the later as B.": (
        "번호를 누르면 실행이 열립니다. 같은 대상의 두 실행을 비교하려면 이전 것을 A로, 나중 것을 B로 고르십시오."
    ),
    "Accept": "확정",
    "Accuracy": "정확도",
    "Actual": "실제",
    "All of them, to look through": "모두 살펴보기",
    "All pictures": "모든 사진",
    "Another quality": "다른 품질",
    "As a grid": "목록으로 보기",
    "B is right more often: the difference is larger than chance explains": (
        "B가 더 자주 맞습니다. 우연으로 보기에는 차이가 큽니다"
    ),
    "Back": "돌아가기",
    "Balanced accuracy": "균형 정확도",
    "Below it what run {run} says, with its confidence; a red frame where that is wrong.": (
        "그 아래는 실행 {run}의 판정과 신뢰도이며, 틀린 사진에는 붉은 테두리가 있습니다."
    ),
    "By chance": "무작위로 답할 때",
    "By the commonest class": "가장 흔한 클래스로 답할 때",
    "Bytes of embeddings": "임베딩 바이트",
    "Calibration error": "보정 오차",
    "Can the confidence be trusted?": "신뢰도를 믿을 수 있습니까?",
    "Categories": "분류",
    "Category 1": "분류 1",
    "Category 2": "분류 2",
    "Changed": "변경됨",
    "Changed decisions": "달라진 판정",
    "Choose image {id}": "이미지 {id} 선택",
    "Choose, drop or paste up to {most} pictures.": "사진을 최대 {most}장까지 고르거나 끌어다 놓거나 붙여 넣으십시오.",
    "Class": "클래스",
    "Classes were compared here, not pictures. A picture's own page shows those that are nearest to it.": (
        "여기서는 사진이 아니라 클래스를 비교했습니다. 사진을 누르면 그 사진에 가장 가까운 사진이 보입니다."
    ),
    "Classify": "판정",
    "Classify pictures": "사진 판정",
    "Colour by": "색 기준",
    "Compare A and B": "A와 B 비교",
    "Compared with the run before of the same settings ({run})": "같은 설정의 이전 실행({run})과 비교",
    "Confidence": "신뢰도",
    "Confidence from": "신뢰도, 최소",
    "Correct all of these, one after the other": "모두 하나씩 고치기",
    "Correct image {id}": "이미지 {id} 고치기",
    "Correct the chosen pictures": "선택한 사진 고치기",
    "Correct this label": "이 라벨 고치기",
    "Correct {images} images": "이미지 {images}장 고치기",
    "Corrected: {done}; said so already: {unchanged}; not corrected: {refused}.": (
        "고침: {done}, 이미 그러함: {unchanged}, 고치지 못함: {refused}."
    ),
    "Corrections": "고친 내역",
    "Database": "데이터베이스",
    "Dimensions": "차원",
    "Each class": "클래스별",
    "Each part": "부품별",
    "Each picture is a point; those that are alike lie beside each other.": (
        "사진 하나가 점 하나입니다. 비슷한 사진은 가까이 있습니다."
    ),
    "Every label could be loaded.": "모든 라벨을 적재했습니다.",
    "Failed": "실패",
    "False alarms": "오경보",
    "Figures": "수치",
    "File": "파일",
    "Finished": "끝",
    "Go on": "계속",
    "Health": "상태 점검",
    "If doubtful images are rejected": "의심스러운 이미지를 거부하면",
    "Image file": "이미지 파일",
    "Image {id}": "이미지 {id}",
    "Image {id} is corrected.": "이미지 {id}을(를) 고쳤습니다.",
    "Images": "이미지",
    "Images since": "그 뒤의 이미지",
    "Images when built": "생성 당시 이미지",
    "In bold the label, then the part and the number.": "굵은 글씨는 라벨이고, 그 옆은 부품과 번호입니다.",
    "Its files are not there on this machine. Correct where they lie, or load them from where they are now.": (
        "이 컴퓨터에 파일이 없습니다. 파일이 있는 곳에서 고치거나, 지금 있는 곳에서 다시 적재하십시오."
    ),
    "Kept now, from run {run}:": "지금 저장된 것(실행 {run}):",
    "Keys, while the focus is here: 1 to 9 a class, Enter accept, n next, p previous, u undo.": (
        "여기에 초점이 있을 때의 키: 1~9 클래스, Enter 확정, n 다음, p 이전, u 되돌리기."
    ),
    "Kind": "종류",
    "Known since": "등록",
    "Label file": "라벨 파일",
    "Labels": "라벨",
    "Larger": "크게",
    "Larger or smaller": "크게 또는 작게",
    "Last load": "마지막 적재",
    "Leave one out:": "조건 하나를 빼 보십시오:",
    "Legend": "범례",
    "Loads": "적재",
    "Make the map": "지도 만들기",
    "Make the map anew": "지도 다시 만들기",
    "Map": "지도",
    "Map of the pictures": "사진 지도",
    "Mend the files and load them again: what is mended goes in.": (
        "파일을 고치고 다시 적재하십시오. 고친 것은 들어갑니다."
    ),
    "Method": "방법",
    "Metrics": "지표",
    "Milliseconds of a decision": "판정 시간(밀리초)",
    "Milliseconds to embed an image": "이미지 임베딩 시간(밀리초)",
    "Missed": "놓침",
    "Model": "모델",
    "Models": "모델",
    "Name": "이름",
    "Nearest pictures of its part": "같은 부품에서 가장 가까운 사진",
    "New": "새 라벨",
    "Next": "다음",
    "Next pictures": "다음 사진",
    "No evaluation is stored.": "저장된 평가가 없습니다.",
    "No load put this image in, so there is no file beside which it could be corrected. Correct it by SQL.": (
        "적재로 들어온 이미지가 아니어서 고친 내용을 둘 파일이 없습니다. SQL로 고치십시오."
    ),
    "No load said where the files of its source lie. Load it once more, then correct.": (
        "출처의 파일이 어디 있는지 알려 준 적재가 없습니다. 한 번 더 적재한 뒤 고치십시오."
    ),
    "No picture is stored. Load some:": "저장된 사진이 없습니다. 적재하십시오:",
    "No picture meets these conditions.": "이 조건에 맞는 사진이 없습니다.",
    "None is kept. Doubtful labels, copies and outliers are taken from a run by a button at the end of its page:": (
        "저장된 것이 없습니다. 의심스러운 라벨, 사본, 이상치는 실행 페이지 끝의 버튼으로 저장합니다:"
    ),
    "None.": "없음.",
    "None: the image has no embedding, or no other image is of its part.": (
        "없음: 임베딩이 없거나, 같은 부품의 다른 이미지가 없습니다."
    ),
    "Nothing is kept yet.": "아직 저장된 것이 없습니다.",
    "Nothing is predicted yet. Evaluate first:": "아직 예측이 없습니다. 먼저 평가하십시오:",
    "Nothing was tested.": "시험한 것이 없습니다.",
    "On the line the confidence says how often it is right. Larger: more images.": (
        "선 위에서는 신뢰도가 맞을 확률과 같습니다. 원이 클수록 이미지가 많습니다."
    ),
    "On the map": "지도에서 보기",
    "One after the other": "하나씩",
    "Pages": "페이지",
    "Part": "부품",
    "Part (empty: as it is)": "부품(비우면 그대로)",
    "Part (where it is known)": "부품(알고 있으면)",
    "Pictures": "사진",
    "Precision": "정밀도",
    "Predicted": "예측",
    "Preprocessing": "전처리",
    "Previous": "이전",
    "Quality": "품질",
    "Reason": "이유",
    "Recall": "재현율",
    "Rows: what an image is. Columns: what it was taken for. Darker: more of the row. Each number leads to its "
    "pictures.": (
        "행은 실제 클래스, 열은 예측한 클래스입니다. 진할수록 행에서 차지하는 비율이 큽니다. 숫자를 누르면 그 "
        "사진이 나옵니다."
    ),
    "Run": "실행",
    "Run {run}": "실행 {run}",
    "Run {run} as A": "실행 {run}을(를) A로",
    "Run {run} as B": "실행 {run}을(를) B로",
    "Run {run} says": "실행 {run}의 판정",
    "Run {run}: {share} right": "실행 {run}: {share} 맞음",
    "Runs": "평가",
    "Runs {a} and {b}": "실행 {a}와(과) {b}",
    "Show": "보기",
    "Skip to the content": "본문으로 건너뛰기",
    "Smaller": "작게",
    "Source": "출처",
    "Sources": "출처",
    "Started": "시작",
    "State": "상태",
    "System": "시스템",
    "Take doubtful labels, copies and outliers from this run": "이 실행에서 의심스러운 라벨, 사본, 이상치 저장",
    "Target": "대상",
    "Target accuracy": "목표 정확도",
    "Tested": "시험함",
    "That is not the token.": "토큰이 아닙니다.",
    "The figures are of the labels as they were. Evaluate again for those of now.": (
        "수치는 그때의 라벨에 따른 것입니다. 지금 라벨로 보려면 다시 평가하십시오."
    ),
    "The file of corrections can not be written. Let the user who runs the service write it.": (
        "고친 내용의 파일에 쓸 수 없습니다. 서비스를 실행하는 사용자에게 쓰기 권한을 주십시오."
    ),
    "The label as JSON": "라벨 JSON",
    "The label says:": "라벨:",
    "The map could not be made:": "지도를 만들지 못했습니다:",
    "The map is being made …": "지도를 만드는 중 …",
    "The map is drawn by JavaScript. Without it the grid shows the same pictures.": (
        "지도는 자바스크립트로 그립니다. 없으면 목록에서 같은 사진을 볼 수 있습니다."
    ),
    "The most confident mistakes": "가장 확신한 오류",
    "The picture as it was loaded before: image {id}": "전에 적재한 사진: 이미지 {id}",
    "The picture is not where it was loaded from.": "적재한 위치에 사진이 없습니다.",
    "The service gave no answer.": "서비스가 응답하지 않았습니다.",
    "The two axes explain {x} and {y} of the variance (principal components).": (
        "두 축이 분산의 {x}와 {y}를 설명합니다(주성분)."
    ),
    "There is no map yet. Make it by the button, or:": (
        "아직 지도가 없습니다. 버튼을 누르거나 다음 명령으로 만드십시오:"
    ),
    "This did not work": "처리하지 못했습니다",
    "This page needs JavaScript. Programs send pictures to POST /classify.": (
        "이 페이지에는 자바스크립트가 필요합니다. 프로그램은 POST /classify로 사진을 보냅니다."
    ),
    "This service asks for the token that it was started with.": "이 서비스는 시작할 때 정한 토큰을 요구합니다.",
    "To check": "확인할 것",
    "Token": "토큰",
    "Transform": "변환",
    "Unchanged": "그대로",
    "Undo": "되돌리기",
    "Undo the correction by {by}, {at}": "{by}, {at}에 고친 것 되돌리기",
    "Vector index": "벡터 인덱스",
    "Version": "버전",
    "Votes": "투표",
    "Waiting": "대기",
    "What a person should look at": "사람이 살펴볼 것",
    "What could not be loaded": "적재하지 못한 것",
    "What could not be loaded is known by its source alone: leave the other conditions out.": (
        "적재하지 못한 것은 출처로만 찾을 수 있습니다. 다른 조건은 빼십시오."
    ),
    "What is doubtful is taken from an evaluation, and there is none yet:": (
        "의심스러운 것은 평가에서 가져오는데, 아직 평가가 없습니다:"
    ),
    "What runs said": "실행별 판정",
    "Whether an index pays, or should be rebuilt:": "인덱스가 필요한지, 다시 만들어야 하는지 알아보려면:",
    "Which classes are taken for which": "어떤 클래스를 무엇으로 보았는가",
    "Which of its parts is meant?": "어느 부품입니까?",
    "Who corrects": "고치는 사람",
    "Whole": "전체",
    "Without copies": "사본을 빼고",
    "Working …": "판정하는 중 …",
    "Write the label file itself, not beside it": "옆 파일이 아니라 라벨 파일에 직접 쓰기",
    "all": "모두",
    "choose": "선택",
    "confidence": "신뢰도",
    "copy": "사본",
    "could not be loaded": "적재하지 못한 것",
    "cut short; the next load goes on": "중단됨. 다음 적재가 이어서 합니다",
    "distance": "거리",
    "doubtful label": "의심스러운 라벨",
    "doubtful labels": "의심스러운 라벨",
    "far from all others": "다른 모든 것과 먼 것",
    "image": "이미지",
    "image {id}": "이미지 {id}",
    "images answered": "응답한 이미지",
    "in the label file": "라벨 파일에",
    "it runs": "진행 중",
    "mean confidence": "평균 신뢰도",
    "nearly the same": "거의 같은 것",
    "neighbour {place}, image {id}": "이웃 {place}, 이미지 {id}",
    "no quality": "품질 없음",
    "not tested": "시험하지 않음",
    "of {images} images": "이미지 {images}장 가운데",
    "outlier": "이상치",
    "pictures": "사진(장)",
    "put in by no load": "적재로 들어온 것이 아님",
    "right": "맞음",
    "right of those": "그 가운데 맞음",
    "right or wrong": "맞음 또는 틀림",
    "stored already: image": "이미 저장됨: 이미지",
    "sweep": "비교",
    "taken back by {by}, {at}": "{by}, {at}에 되돌림",
    "taken for": "다음으로 봄:",
    "to": "최대",
    "unknown model": "모델 모름",
    "without a label, or rarer": "라벨 없음 또는 드문 것",
    "wrong": "틀림",
    "{copies} have a copy": "사본 있음: {copies}",
    "{images} pictures came since the map was made, and are not on it.": (
        "지도를 만든 뒤에 들어온 사진 {images}장은 지도에 없습니다."
    ),
    "{images} pictures, made at {time}": "사진 {images}장, {time}에 만듦",
    "{labels} labels changed since": "그 뒤 라벨 {labels}개 바뀜",
    "{place} of {images}": "{images} 가운데 {place}",
    "{source} is being loaded: {stored} pictures are in, {waiting} wait.": (
        "{source} 적재 중: 사진 {stored}장이 들어왔고 {waiting}장이 기다립니다."
    ),
} | LINE
