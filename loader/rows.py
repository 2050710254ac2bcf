"""Rows of the packages' cursors by the names of their columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from loader.database import Database
from loader.parameters import given

Row = dict[str, Any]

# The columns of each cursor, in its order: by a test those that the packages' specifications promise, but for `run` and
# `source`, which are shorter there where people read them.
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "img_calibrate.figures": ("calibrated", "images", "expected_calibration_error", "brier_score", "log_loss"),
    "img_log.decisions": (
        "decision_id", "decided_at", "origin", "image_name", "image_hash", "part", "model_name", "transform_name",
        "label_state", "answer", "best", "confidence", "nearest_distance",
    ),
    "img_log.drift": (
        "day", "model_name", "transform_name", "decisions", "rejected", "mean_confidence", "distance_p50",
        "distance_p90", "distance_p99",
    ),
    "img_map.state": ("points", "images_since", "share_x", "share_y", "made_at"),
    "img_compare.classes": (
        "class", "images", "miss_rate_a", "miss_rate_b", "false_alarm_rate_a", "false_alarm_rate_b",
    ),
    "img_compare.result": (
        "images", "left_out_a", "left_out_b", "both_right", "only_a", "only_b", "both_wrong", "difference",
        "difference_low", "difference_high", "p_value", "better", "faster", "conclusion",
    ),
    "img_compare.sides": (
        "side", "run_id", "model", "method", "target", "k", "weighting", "metric", "transform_kind", "accuracy",
        "accuracy_low", "accuracy_high", "dimension", "embedding_bytes", "embed_ms", "decision_ms",
    ),
    "img_correction.images_at": ("path", "image_id"),
    "img_correction.labels": (
        "image_id", "source_name", "source_root", "label_path", "image_path", "own_label", "label_correction",
    ),
    "img_novelty.figures": (
        "scope", "good", "others", "threshold", "false_alarm_rate", "miss_rate", "auroc", "auroc_low", "auroc_high",
    ),
    "img_novelty.outliers": (
        "place", "image_id", "part", "class", "is_good", "score", "threshold", "is_outlier", "source_name",
        "label_path", "image_path",
    ),
    "img_report.class_figures": (
        "class", "support", "predicted", "precision_share", "recall", "f1", "miss_rate", "false_alarm_rate",
    ),
    "img_report.part_figures": ("part", "images", "tested", "correct", "accuracy", "accuracy_low", "accuracy_high",),
    "img_report.confusion_rows": ("actual", "predicted", "images", "share_of_actual"),
    "img_report.coverage_rows": ("threshold", "coverage", "accuracy",),
    "img_report.calibration_rows": ("bin", "images", "confidence", "accuracy",),
    "img_report.mistakes": (
        "image_id", "part", "actual", "predicted", "confidence", "source_name", "image_path", "neighbours",
    ),
    "img_report.image_rows": (
        "image_id", "part", "quality", "category1", "category2", "model", "source_name", "label_path", "image_path",
        "image_hash", "has_embedding",
    ),
    "img_report.nearest_images": (
        "place", "image_id", "part", "class", "distance", "source_name", "label_path", "image_path",
    ),
    "img_report.neighbour_rows": ("image_id", "place", "neighbour_id", "class", "distance"),
    "img_report.prediction_rows": (
        "image_id", "part", "fold", "actual", "predicted", "confidence", "nearest_distance", "untested_reason",
        "source_name", "label_path", "image_path",
    ),
    "img_report.run_summary": (
        "method", "target", "k", "weighting", "temperature", "metric", "within_part", "only_part", "folds", "seed",
        "group_path", "test_share", "test_path", "source_name", "transform_kind", "shrinkage", "outputs",
        "kernel_width", "ridge", "grades", "grade_threshold", "threshold", "approximate", "target_accuracy",
        "model", "fingerprint", "images", "tested", "untested", "correct", "accuracy", "accuracy_low",
        "accuracy_high", "copies", "accuracy_without_copies", "majority_share", "chance_share", "near_distance",
        "balanced_accuracy", "macro_precision", "macro_recall", "macro_f1", "weighted_precision", "weighted_recall",
        "weighted_f1", "expected_calibration_error", "started_at", "labels_changed",
    ),
    "img_report.runs": (
        "run", "method", "is_sweep", "target", "k", "weighting", "metric", "transform_kind", "shrinkage",
        "outputs", "kernel_width", "ridge", "grades", "grade_threshold", "threshold", "seed", "folds", "only_part",
        "source",
        "images", "tested", "accuracy", "removed", "started_at", "started_by", "labels_changed",
    ),
    "img_report.settings": ("metric", "weighting", "k", "tested", "correct", "accuracy", "balanced_accuracy"),
    "img_report.sources": ("source", "labels", "images", "waiting", "failed", "loads", "last_load_at"),
    "img_report.stored_files": (
        "image_hash", "image_id", "part", "quality", "source_name", "label_path", "image_path",
    ),
    "img_review.confusions": ("actual", "predicted", "images", "share_of_actual", "pairs"),
    "img_review.near_duplicates": (
        "image_id", "part", "actual", "source_name", "label_path", "image_path", "other_image_id", "other_part",
        "other_actual", "other_source_name", "other_label_path", "other_image_path", "distance", "across_labels",
        "pairs",
    ),
    "img_review.suspects": (
        "place", "image_id", "part", "actual", "predicted", "confidence", "actual_share", "disputed", "source_name",
        "label_path", "image_path",
    ),
    "img_service.changed_decisions": (
        "image_id", "part", "actual", "predicted_a", "predicted_b", "confidence_a", "confidence_b",
    ),
    "img_service.corrections": (
        "correction_id", "of_part", "part", "quality", "part_was", "quality_was", "is_in_label", "corrected_by",
        "corrected_at", "undone_by", "undone_at", "in_force",
    ),
    "img_service.choices": ("name", "value", "images"),
    "img_service.distances": ("half", "nine_tenths", "all_but_one_in_100"),
    "img_service.failures": ("source_name", "label_path", "image_path", "reason", "changed_at", "image_id"),
    "img_service.files": ("image_id", "source_root", "image_path"),
    "img_service.findings": ("kind", "images", "run_id"),
    "img_service.loads": (
        "run_id", "source_name", "model", "started_at", "finished_at", "labels", "new_labels", "changed", "unchanged",
        "waiting", "failed", "stored", "is_running",
    ),
    "img_service.models": ("name", "dimension", "preprocessing", "registered_at", "images"),
    "img_service.named_fit": (
        "transform_id", "kind", "target", "within_part", "source_name", "shrinkage", "outputs", "kernel_width", "ridge",
        "fitted_at", "stored_since_fit",
    ),
    "img_service.neighbours": ("place", "image_id", "part", "class", "distance"),
    "img_service.picture": (
        "image_id", "part", "quality", "category1", "category2", "source_name", "source_root", "label_path",
        "image_path", "model", "label", "has_embedding",
    ),
    "img_service.pictures": (
        "image_id", "part", "quality", "category1", "category2", "actual", "predicted", "confidence", "is_suspect",
        "is_duplicate", "is_outlier", "x", "y",
    ),
    "img_service.predictions": ("run_id", "actual", "predicted", "confidence", "is_right"),
    "img_service.roots": ("source_name", "source_root"),
    "img_service.vector_indexes": (
        "index_name", "kind", "state", "dimension", "target_accuracy", "images_at_build", "images_since", "megabytes",
    ),
    "img_source.holdings": ("labels", "images", "embeddings", "failures", "loads", "runs", "transforms"),
    "img_store.all_failures": ("source_name", "label_path", "reason", "changed_at"),
    "img_store.status": ("images", "embedded", "failed"),
    "img_threshold.for_miss_rate": (
        "class", "threshold", "images", "missed", "miss_rate", "others", "false_alarms", "false_alarm_rate",
    ),
    "img_threshold.applied": ("class", "images", "answered", "coverage", "wrong", "error_rate", "miss_rate"),
    "img_threshold.rejection": ("kind", "threshold", "unit", "answered", "coverage", "error_rate"),
}  # fmt: skip


def rows_of(database: Database, routine: str, **parameters: Any) -> list[Row]:
    """The rows of a cursor; `parameters` are the routine's, without the p_ of their names. Raises DatabaseError."""
    return named_rows(COLUMNS[routine], database.rows(routine, **given(**parameters)))


def named_rows(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> list[Row]:
    """Each row with the names of its columns, in this order."""
    return [
        {name: float(value) if isinstance(value, Decimal) else value for name, value in zip(names, row, strict=True)}
        for row in rows
    ]


def file_of(row: Row, prefix: str = "") -> str:
    """The picture's file: its source and its path below; empty where no load put it in."""
    path = row[f"{prefix}image_path"]
    return f"{row[f'{prefix}source_name']}/{path}" if path else ""
