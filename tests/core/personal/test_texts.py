"""People in free text: telephone and identity numbers and names are hidden, every other number stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.personal import holds_person, masked, masked_text, without_person

if TYPE_CHECKING:
    from collections.abc import Callable

WIDE = str.maketrans("0123456789+-", "０１２３４５６７８９＋－")


def _digits(length: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=length, max_size=length)


mobiles = st.builds(lambda second, rest: f"1{second}{rest}", st.sampled_from("3456789"), _digits(9))
area_codes = st.one_of(
    st.just("010"),
    _digits(1).map("02{}".format),
    st.builds("0{}{}".format, st.sampled_from("3456789"), _digits(2)),
)
widths = st.sampled_from([str, lambda number: number.translate(WIDE)])
landlines = st.builds(
    lambda area, gap, first, rest: f"{area}{gap}{first}{rest}",
    area_codes, st.sampled_from(["-", " ", "", "－", "—"]), st.sampled_from("2345678"), _digits(7),
)  # fmt: skip
identities = st.builds(
    lambda place, year, month, day, order, check: f"{place}{year}{month:02d}{day:02d}{order}{check}",
    st.sampled_from(["410106", "110101", "350203", "652301"]), st.integers(1920, 2026), st.integers(1, 12),
    st.integers(1, 28), _digits(3), st.sampled_from("0123456789Xx"),
)  # fmt: skip
written = st.sampled_from(
    [
        lambda n: n,
        lambda n: f"{n[:3]} {n[3:7]} {n[7:]}",
        lambda n: f"{n[:3]}-{n[3:7]}-{n[7:]}",
        lambda n: f"{n[:3]}.{n[3:7]}.{n[7:]}",
        lambda n: f"{n[:3]} {n[3:]}",
        lambda n: f"{n[:7]}-{n[7:]}",
        lambda n: f"+86{n}",
        lambda n: f"+86 {n[:3]} {n[3:7]} {n[7:]}",
        lambda n: f"0086-{n}",
        lambda n: f"86{n}",
        lambda n: f"(+86){n}",
        lambda n: n.translate(WIDE),
        lambda n: f"+86-{n}".translate(WIDE),
        " ".join,
        lambda n: f"{n[:3]}\u200b{n[3:7]}\u200b{n[7:]}",
    ]
)
around = st.sampled_from(
    [
        ("电话", ""),
        ("手机号：", "，请回电"),
        ("新安路12号", "张伟"),
        ("", ""),
        ("126号3栋1502室 ", "。"),
        ("tel:", " "),
        ("我的", "有人吗"),
    ]
)


def _plain(text: str) -> str:
    return "".join(
        c for c in text.translate(str.maketrans("０１２３４５６７８９", "0123456789")) if c.isdigit() or c in "Xx*"
    )


@given(mobiles, written, around)
def test_a_mobile_number_is_hidden_however_it_is_written(
    number: str, write: Callable[[str], str], words: tuple[str, str]
) -> None:
    text = words[0] + write(number) + words[1]
    shown = masked_text(text)
    assert number[3:9] not in _plain(shown)
    assert len(shown) == len(text)
    assert shown.startswith(words[0])
    assert shown.endswith(words[1])
    assert holds_person(text)


@given(landlines, widths, around)
def test_a_landline_with_its_area_code_is_hidden(
    number: str, write: Callable[[str], str], words: tuple[str, str]
) -> None:
    text = words[0] + write(number) + words[1]
    assert _plain(number)[-6:] not in _plain(masked_text(text))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("(0371)68921234", "(037*)******34"),
        ("（0371）6892 1234", "（037*）**** **34"),
        ("0371-68921234转8001", "037*-********转**01"),
        ("座机68921234", "座机689***34"),
        ("手机1380013800", "手机138*****00"),
        ("一三八零零一三八零零零", "一三八******零零"),
    ],
)
def test_other_ways_of_writing_a_number_are_known(text: str, shown: str) -> None:
    assert masked_text(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("微信号zhangsan123", "微信号***********"),
        ("QQ：12345678", "QQ：********"),
        ("邮箱zhangsan@qq.com", "邮箱********@qq.com"),
        ("银行卡6222021234567890123", "银行卡*******************"),
        ("护照E12345678", "护照*********"),
    ],
)
def test_mail_chats_cards_and_passports_are_hidden(text: str, shown: str) -> None:
    assert masked_text(text) == shown


@given(identities, widths, around)
def test_an_identity_number_is_hidden_whole(number: str, write: Callable[[str], str], words: tuple[str, str]) -> None:
    text = f"{words[0]} {write(number)} {words[1]}"
    assert masked_text(text) == f"{words[0]} {'*' * 18} {words[1]}"


def test_an_identity_number_of_15_digits_is_hidden_but_not_the_code_of_a_grid() -> None:
    assert masked_text("身份证410106600307123") == "身份证" + "*" * 15
    assert masked_text("410106600307123") == "*" * 15
    for grid in ("410106001001001", "410106003004006", "网格410106200201001", "410106019012031"):
        assert masked_text(grid) == grid


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("姓名：张三丰，住新安路", "姓名：***，住新安路"),
        ("联系人:李四", "联系人:**"),
        ("联系人李四 济源路", "联系人** 济源路"),
        ("我叫王小明，住在济源路", "我叫***，住在济源路"),
        ("我叫王小明住在济源路", "我叫***住在济源路"),
        ("王先生和李女士", "*先生和*女士"),
        ("新安路口王女士反映", "新安路口*女士反映"),
        ("王建国先生", "***先生"),
        ("欧阳娜女士", "***女士"),
        ("网格员：赵敏", "网格员：**"),
        ("来电人李四", "来电人**"),
        ("市民张三丰反映噪音", "市民***反映噪音"),
        ("业主王五：漏水", "业主**：漏水"),
        ("本人周八，住鸿园小区", "本人**，住鸿园小区"),
        ("济源路15号,王小明,13900001111", "济源路15号,***,139******11"),
        ("张三13800005678", "**138******78"),
        ("姓名：阿布都·热合曼", "姓名：*******"),
        ("我姓钱", "我姓*"),
    ],
)
def test_a_name_is_hidden_where_the_words_around_it_leave_no_doubt(text: str, shown: str) -> None:
    assert masked_text(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "新安路与孟津路交叉口向南100米路西",
        "济源路126号3栋2单元1502室",
        "业主：金屏小区",
        "负责人：市政公司",
        "联系人：暂无",
        "投诉人于昨日反映",
        "举报人常年在此",
        "联系人马上到",
        "居民常年反映",
        "市民高度关注",
        "居民金华路反映",
        "业主代表说",
        "居民游泳，",
        "微信群里说",
        "微信支付100元",
        "银行门口12345678901234567",
        "居民：反映噪音",
        "12345热线转办",
        "拨打110、119",
        "罚款13800138000元",
        "订单号13800138000",
        "工单编号：202506030001",
        "SJ00009037-4",
        "12345-2026-000731",
        "2025-06-03 08:05:00",
        "20250603080500",
        "1750000000000",
        "113.2741234,34.8012345",
        "113°16'27.4\"E 34°48'07.2\"N",
        "E113.13800138000 N34.13900139000",
        "面积15012345678平方米",
        "3f9a13800138000b77c0ffee00112233445566",
        "G310国道1380公里300米",
    ],
)
def test_what_is_about_nobody_stays(text: str) -> None:
    assert masked_text(text) == text


numbers_about_nobody = st.one_of(
    st.builds("{}路{}号".format, st.sampled_from(["济源", "新安", "中心"]), st.integers(1, 9999)),
    st.builds(
        "{}号{}栋{}单元{}室".format, st.integers(1, 999), st.integers(1, 99), st.integers(1, 9), st.integers(101, 3405)
    ),
    st.builds("{}-{}-{}".format, st.integers(1, 99), st.integers(1, 9), st.integers(101, 3405)),
    st.builds("{}元".format, st.integers(1, 10**12)),
    st.builds("{:.2f}元".format, st.floats(0, 1e12, allow_nan=False)),
    st.builds("订单号{}".format, st.integers(10**7, 10**17)),
    st.builds("12345-{}-{:06d}".format, st.integers(2020, 2030), st.integers(0, 999_999)),
    st.builds("{:.7f},{:.7f}".format, st.floats(113.2, 113.4), st.floats(34.7, 34.9)),
    st.builds("{:.6f} {:.6f}".format, st.floats(73, 136), st.floats(3, 54)),
    st.builds("{:.3f} {:.3f}".format, st.floats(38_400_000, 38_600_000), st.floats(3_800_000, 3_900_000)),
    st.datetimes().map(lambda at: f"{at:%Y-%m-%d %H:%M:%S}"),
    st.integers(0, 10**6).map(str),
    st.builds("{}米".format, st.integers(1, 10**11)),
)


@given(st.lists(numbers_about_nobody, min_size=1, max_size=4).map("，".join))
def test_house_numbers_amounts_orders_times_and_coordinates_stay(text: str) -> None:
    assert masked_text(text) == text


@given(st.text(max_size=200))
def test_masking_keeps_the_length_and_masks_nothing_new_the_second_time(text: str) -> None:
    once = masked_text(text)
    assert len(once) == len(text)
    assert len(masked_text(once)) == len(text)


def test_words_about_people_are_left_out_of_what_is_looked_for() -> None:
    text = "新安路12号，电话：13800138000，联系人：张三"
    left = without_person(text)
    assert left.strip("，") == "新安路12号"
    assert len(left) == len(text)


def test_all_texts_of_a_json_value_are_masked_and_numbers_are_not() -> None:
    value = {"电话": ["13800138000", 13800138000], "x": {"y": "王先生"}, "n": None}
    assert masked(value) == {"电话": ["138******00", 13800138000], "x": {"y": "*先生"}, "n": None}


def test_a_long_text_is_masked_at_once() -> None:
    for text in ("1 " * 2000, "0371" * 1000, "13800" * 800, "王" * 4000, "姓名：" * 1300, "+86 " * 1000):
        assert len(masked_text(text)) == len(text)
