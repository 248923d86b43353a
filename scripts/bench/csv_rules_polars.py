"""A peer: the same rules as csv-rules-duckdb.mjs in polars. usage: FILE FOLDER."""
import datetime
import json
import sys

import polars as pl

source, folder = sys.argv[1:3]
landing_day = datetime.date(2021, 12, 20)
columns = [
    "project", "class_name", "name", "account", "id_number", "city_name", "county_name",
    "school_name", "training", "training_name", "progress_percent", "watched_minutes", "credit",
    "is_passed", "event",
]
empties = ["", "-", "--", "—", "/", "无", "空", "null", "n/a", "#n/a", "#ref!", "#value!"]
weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
days = ["%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y年%m月%d日"]
formats = [f"{day} {time}" for day in days for time in ("%H:%M", "%H:%M:%S")]
col = pl.col

lines = pl.scan_csv(
    source, has_header=True, new_columns=columns, infer_schema=False, encoding="utf8",
)


def clean(name):
    cell = col(name).str.strip_chars()
    return pl.when(cell.str.to_lowercase().is_in(empties)).then(None).otherwise(cell).alias(name)


id_text = col("id_number").str.strip_chars_start("'").str.replace_all(" ", "").str.to_uppercase()
amount = col("credit").str.extract(r"^([0-9]+(?:\.[0-9]+)?)").cast(pl.Float64)
unit = col("credit").str.extract("(学时|小时|分钟|分)$")
factor = pl.when(unit == "小时").then(3600).when(unit.is_in(["分钟", "分"])).then(60).otherwise(2700)
verdict = col("is_passed").str.to_lowercase()
instants = [col("event").str.to_datetime(f, strict=False, time_unit="ms") for f in formats]
instants += [
    col("event").str.to_date(f, strict=False).cast(pl.Datetime("ms")) for f in days
]
check_sum = sum(
    col("id18").str.slice(i, 1).cast(pl.Int32, strict=False) * w for i, w in enumerate(weights)
)
check_digit = (check_sum % 11).replace_strict(
    list(range(11)), list("10X98765432"), default=None, return_dtype=pl.String
)
is_masked = col("id_text").str.contains("*", literal=True) \
    | col("id_text").str.contains(r"^[0-9.]+E\+[0-9]+$")
is_sound = col("id18").str.contains("^[0-9]{17}[0-9X]$") \
    & col("id18").str.slice(6, 8).str.to_date("%Y%m%d", strict=False).is_not_null() \
    & ((col("id_text").str.len_chars() == 15) | (check_digit == col("id18").str.slice(17, 1)))
reasons = [
    (col("project").is_null(), "missing.project"),
    (col("id_text").is_null(), "missing.id_number"),
    (is_masked, "ruined.id_number"),
    (~is_sound.fill_null(False), "invalid.id_number"),
    (col("training").is_null(), "missing.training"),
    (col("training").str.len_chars() > 100, "invalid.training"),
    (col("credit").is_not_null() & (col("credit_seconds").is_null()
        | (col("credit_seconds") > 540_000)
        | ~col("credit").str.contains(r"^[0-9]+(\.[0-9]+)? ?(学时|小时|分钟|分)?$")), "invalid.credit"),
    (col("is_passed").is_null(), "missing.is_passed"),
    (col("passed").is_null(), "unknown.is_passed"),
    (col("passed") & col("credit").is_null(), "missing.credit"),
    (col("event").is_not_null() & (col("event_at").is_null()
        | (col("event_at").dt.date() > landing_day)), "invalid.event_on"),
    (col("passed") & col("event").is_null(), "missing.event_on"),
]
reason = pl.coalesce([pl.when(test).then(pl.lit(text)) for test, text in reasons])

judged = (
    lines.select([clean(name) for name in columns])
    .with_columns(
        id_text=id_text,
        credit_seconds=(amount * factor).round().cast(pl.Int64),
        passed=pl.when(verdict.is_in(["是", "1", "true", "y"])).then(True)
        .when(verdict.is_in(["否", "0", "false", "n"])).then(False),
        event_at=pl.coalesce(instants),
        content=pl.struct(columns).hash(),
    )
    .with_columns(
        id18=pl.when(col("id_text").str.len_chars() == 15)
        .then(col("id_text").str.slice(0, 6) + "19" + col("id_text").str.slice(6))
        .otherwise(col("id_text")),
    )
    .with_columns(reason=reason)
    .collect()
)
sound = judged.filter(col("reason").is_null())
repeated = (
    sound["content"] == sound.select(
        col("content").shift(1).over(["project", "id18", "training"])
    )["content"]
).fill_null(False)
accepted = sound.filter(~repeated).select(
    "project", "id18", "training", "credit_seconds", "passed", "event_at", "content",
    event_on=col("event_at").dt.date(),
)
accepted.write_parquet(f"{folder}/accepted.parquet", compression="zstd")
rejected = judged.with_row_index("line", 2).filter(col("reason").is_not_null())
rejected.select("line", "reason", *columns).write_parquet(
    f"{folder}/rejected.parquet", compression="zstd"
)
print(json.dumps({
    "accepted": accepted.height, "rejected": rejected.height, "duplicate": int(repeated.sum()),
}))
