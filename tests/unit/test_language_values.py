"""Numbers, times of day, durations, speeds and lengths as people say them."""

from __future__ import annotations

import pytest

from caravan.language.clock import clock
from caravan.language.measures import duration, headway, length, speed
from caravan.language.numbers import count


@pytest.mark.parametrize(
    ("said", "value"),
    [
        (" two", 2), (" a dozen", 12), (" half a dozen", 6), (" two dozen", 24), (" both", 2), (" a couple", 2),
        (" twice", 2), (" once", 1), (" three times", 3), (" 3x", 3), (" two hundred and five", 205), (" 1,000", 1000),
        (" twenty-five", 25), (" thirty six", 36), (" a", 1), (" a hundred", 100), (" four thousand and one", 4001),
        ("三个", 3), ("十二", 12), ("二十五箱", 25), ("两次", 2), ("一百零五", 105), ("一万二千", 12000), (" 2.0", 2),
        (" a dozen and a half", None), (" half a dozen of", 6), (" one and a half", None), (" -2", None),
        (" minus two", None), (" 2k", None), (" two million", None), (" a few", None), (" several", None),
        (" 2nd", None),
        (" 12,00", None), (" 1e3", None), (" ten thousand", 10000), (" a pair of", 2), (" both", 2),
        ("半打", 6), ("一双", 2), ("两三个", None), ("三五个", None), ("十几个", None), ("几个", None),
        ("十来个", None),
        ("一百二", 120), ("一千五", 1500), ("一万二", 12000), ("一千零五", 1005), ("三十六千", None), ("一二三", 123),
        (" 2.5", None), (" 0", None), (" 2 or 3", None), (" pallets", None), ("9" * 400, None), ("", None),
        (" half a", None), (" half an", None), (" a third", None), (" two thirds", None), (" a quarter", None),
        ("一亿", None), ("两亿", None), (" dozens", None), (" dozens of", None), (" two dozens", 24), (" a second", 1),
    ],
)  # fmt: skip
def test_counts(said: str, value: int | None) -> None:
    assert count(said) == value


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        (" half an hour", 1800), (" ten minutes", 600), (" an hour and a half", 5400), (" 90 s", 90), (" 1h30", 5400),
        (" two and a half hours", 9000), (" a quarter of an hour", 900), (" three quarters of an hour", 2700),
        (" hour", 3600), (" 15m", 900), (" 4.5 hours", 16200), (" two minutes and thirty seconds", 150),
        (" day", 86400),
        (" a couple of minutes", 120), (" 2 hours 20 minutes", 8400), (" other hour", 7200), ("每三十分钟", 1800),
        ("半小时", 1800), ("一个半小时", 5400), ("两个小时", 7200), ("一刻钟", 900), ("三刻钟", 2700),
        ("一小时半", 5400),
        (" an hour and a quarter", 4500), (" two and a quarter hours", 8100), (" 1 h 30 min", 5400), (" 1:30", None),
        (" ten or so minutes", 600), (" a few minutes", None), (" -5 minutes", None), (" minus 5 minutes", None),
        (" twice a minute", None), (" 20 minutes or 30", None), (" 2-3 minutes", None), (" half a day", 43200),
        ("几分钟", None), ("两三分钟", None), ("三到五分钟", None), ("一个小时零五分", 3900), ("半天", 43200),
        ("每隔十分钟", 600), ("一小时二十分钟", 4800), ("百分之五", None),
        ("一点五小时", 5400), ("两分半", 150), (" 30", None), (" two or three minutes", None), (" a while", None),
        (" every second hour", 7200), (" second hour", 7200), (" every second day", 172800), (" every second", 1),
        (" every second minute", 120), (" every third hour", 10800), (" third hour", 10800),
        (" a third of an hour", None),
        (" every tenth second", 10), (" a tenth of a second", 0.1), (" every 2nd hour", 7200), (" second", 1),
        (" every other day", 172800), (" 1 second 500 ms", 1.5), (" 30 second", 30),
        (" an hour and three quarters", 6300), (" two hours and three quarters", 9900),
        ("每三十分钟一次", 1800), ("每两小时一次", 7200), ("每小时一次", 3600), ("每天一趟", 86400),
        ("每30分钟1次", 1800),
        ("每小时两次", None), ("每小时三趟", None), ("每天两回", None), ("每天两遍", None), ("每次十分钟", 600),
        ("每隔一天", 86400),
    ],
)  # fmt: skip
def test_durations(said: str, seconds: float | None) -> None:
    assert duration(said) == seconds


@pytest.mark.parametrize(
    ("said", "value"),
    [
        (" 70 km/h", 19.44), (" 20 mph", 8.94), (" 5 m/s", 5), (" 1.5 meters per second", 1.5), (" 50 kph", 13.89),
        (" seventy kilometres an hour", 19.44), (" half a metre per second", 0.5), (" two metres a second", 2),
        ("时速70公里", 19.44), ("每小时七十公里", 19.44), ("70公里/小时", 19.44), ("五米每秒", 5), ("1.2米/秒", 1.2),
        (" 50 cm/s", 0.5), (" 120 metres per minute", 2), (" 5 metres every second", 5), (" -1 m/s", None),
        ("36千米每小时", 10), ("每分钟六十米", 1), ("每秒两米五", 2.5), ("零点五米每秒", 0.5),
        (" 20", None), ("八十公里", 22.22), (" 20 miles", 8.94), (" 80 metres", None),
        (" fast", None), (" walking speed", None), (" 50 m.p.h.", 22.35), (" 50m.p.h", 22.35), (" 70 k.p.h.", 19.44),
        (" 70 K.P.H.", 19.44), (" 10 metres in 2 seconds", 5), (" 10 metres in half a second", 20),
        (" 10 metres every two seconds", 5), (" 10 metres 2 seconds", None), (" 10 metres in a second", 10),
        (" a metre and a half per second", 1.5), ("时速50mph", 22.35),
    ],
)  # fmt: skip
def test_speeds(said: str, value: float | None) -> None:
    assert speed(said) == value


def test_lengths_and_headways() -> None:
    lengths = (" ten metres", " half a metre", " 50 cm", "五米", "三米五", "八点五米", " 8", " 2 m 50", "五十公分")
    assert [length(said) for said in lengths] == [10, 0.5, 0.5, 5, 3.5, 8.5, 8, 2.5, 0.5]
    assert [length(said) for said in (" -5", "两三米", " a few metres")] == [None, None, None]
    headways = (" 0.8 s", " half a second", " 1.2-second", " 0.8", "零点八秒")
    assert [headway(said) for said in headways] == [0.8, 0.5, 1.2, 0.8, 0.8]


@pytest.mark.parametrize(
    "said",
    [
        " two seconds", " 10 ms", " two truck lengths", " half a truck length", " a couple of car lengths", "一个车身",
        "两个车身", "两秒", " 5 m/s", " 5 trucks", " ten minutes",
    ],
)  # fmt: skip
def test_an_amount_of_another_kind_is_no_length(said: str) -> None:
    assert length(said) is None


@pytest.mark.parametrize("said", [" 20 metres", " 20 m", "二十米", " two truck lengths", "两个车身", " 20 m/s"])
def test_an_amount_of_another_kind_is_no_headway(said: str) -> None:
    assert headway(said) is None


def test_a_bare_number_may_have_words_that_count_nothing() -> None:
    assert [length(said) for said in (" about 8", " 8 apart", " two and a half", " a couple", "8左右")] == [
        8,
        8,
        2.5,
        2,
        8,
    ]
    assert [headway(said) for said in (" 2 or so", " half", " one minute")] == [2, 0.5, 60]


@pytest.mark.parametrize(
    ("said", "value"),
    [
        (" a second and a half", 1.5), (" one and a half seconds", 1.5), (" zero point five seconds", 0.5),
        (" point eight seconds", 0.8), (" .5 s", 0.5), (" nought point six seconds", 0.6), (" half a sec", 0.5),
        (" zero point seven five seconds", 0.75), (" 500 milliseconds", 0.5), (" eight tenths of a second", 0.8),
        ("半秒", 0.5), ("一秒半", 1.5), ("零点五秒", 0.5), ("一点二五秒", 1.25), ("500毫秒", 0.5),
        (" two point five point one", None), ("零点五到一秒", None),
    ],
)  # fmt: skip
def test_headways_in_words(said: str, value: float | None) -> None:
    assert headway(said) == value


def test_miles_feet_and_yards() -> None:
    assert (speed("时速45英里"), speed(" fifty-five miles an hour")) == (20.12, 24.59)
    assert (length("十英尺"), length(" 20 yards")) == (3.05, 18.29)
    assert (length(" 6 inches"), length(" an inch"), length("六英寸")) == (0.15, 0.03, 0.15)


@pytest.mark.parametrize(
    ("said", "time"),
    [
        (" 5 pm", "17:00"), (" 5pm", "17:00"), (" 5:30 p.m.", "17:30"), (" 5.30 pm", "17:30"), (" noon", "12:00"),
        (" midnight", "00:00"), (" twelve noon", "12:00"), (" quarter past four", "04:15"), (" 1630", "16:30"),
        (" quarter to five", "04:45"), (" half past four in the afternoon", "16:30"), (" 16:30", "16:30"),
        (" 5 o'clock", "05:00"), (" five o'clock in the evening", "17:00"), (" 12 am", "00:00"), (" 12 pm", "12:00"),
        (" ten to six", "05:50"), (" twenty past 10", "10:20"), (" four thirty", "04:30"), (" 8 tonight", "20:00"),
        (" twenty to one", "12:40"), (" 16h30", "16:30"), (" 24:00", "00:00"), (" 17", "17:00"), (" 0:15", "00:15"),
        ("下午五点", "17:00"), ("五点半", "05:30"), ("上午十点一刻", "10:15"), ("晚上八点", "20:00"),
        ("17点30分", "17:30"),
        ("中午十二点", "12:00"), ("中午", "12:00"), ("午夜", "00:00"), ("凌晨两点", "02:00"),
        ("下午三点二十", "15:20"),
        ("16\uff1a30", "16:30"), ("半夜十二点", "00:00"), ("上午十二点", "12:00"), ("晚上十二点", "00:00"),
        (" half five", "05:30"), (" half past noon", "12:30"), (" quarter to midnight", "23:45"),
        (" ten to noon", "11:50"),
        (" ten past midnight", "00:10"), (" nineteen hundred hours", "19:00"), (" oh nine hundred", "09:00"),
        (" zero nine thirty", "09:30"), (" nine oh five", "09:05"), (" 1730 hours", "17:30"), (" 16:30:00", "16:30"),
        (" eleven at night", "23:00"), (" two at night", "02:00"), (" quarter to one pm", "12:45"),
        (" 12:30 am", "00:30"),
        (" 5 or 6", None), (" between 5 and 6", None), (" 15:00 or 16:00", None), (" 10 minutes", None),
        (" in 5 minutes", None), (" 13 am", None), (" 24:30", None), (" 2401", None), (" quarter of five", None),
        (" five to", None), (" 5 june", None), (" this afternoon", None), (" tonight", None),
        (" 5 pm on monday", None),
        ("差一刻五点", "04:45"), ("五点差一刻", "04:45"), ("差五分八点", "07:55"), ("午后三点", "15:00"),
        ("零点", "00:00"),
        ("半夜十一点", "23:00"), ("半夜一点", "01:00"), ("八点过五分", "08:05"), ("下午两点零五分", "14:05"),
        ("凌晨十二点半", "00:30"), ("中午一点", "13:00"), ("两点三刻", "02:45"), ("下午三点钟", "15:00"),
        ("三点或四点", None), ("五点七十分", None), ("二十五点", None), ("周五三点", None), ("下午", None),
        (" 25:00", None), (" 5:75", None), (" tomorrow at 5", None), ("明天五点", None), (" the moon", None),
        (" 1.5.7", None),
        ("最晚八点", "08:00"), ("不晚于八点", "08:00"), ("晚于八点", "08:00"), ("最晚上午十点", "10:00"),
        ("最晚早上八点", "08:00"), ("最晚晚上八点", "20:00"), ("不晚于晚上八点", "20:00"), ("晚八点", "20:00"),
        ("明晨八点", None), ("次日八点", None), ("翌日八点", None),
        (" quarter to 12 pm", "11:45"), (" quarter to 12 am", "23:45"), (" quarter to one am", "00:45"),
        (" quarter to twelve in the morning", "11:45"), (" quarter to 12 at night", "23:45"),
        ("晚上差五分十二点", "23:55"),
        ("下午差五分十二点", "11:55"), ("差五分一点", "12:55"), ("差五分零点", "23:55"), ("中午差一刻一点", "12:45"),
        (" five to six pm", "17:55"), (" three minutes to five", "04:57"), (" twenty-five to two", "01:35"),
        (" 9 till 5", None), (" two to three pm", None), (" 10 to 17", None), (" 10 am to 6 pm", None),
        (" from ten to six", None), (" five o'clock to six", None), (" 0 to 5", None), ("五点差", None),
    ],
)  # fmt: skip
def test_times_of_day(said: str, time: str | None) -> None:
    assert clock(said) == time
