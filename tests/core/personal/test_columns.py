"""Columns about people in deliveries are recognised by their names, and told in the import's remarks."""

from __future__ import annotations

import pytest

from core.personal import is_about_people, is_person_column, keeping_people, told_of_people, without_people

PEOPLE = (
    "网格员", "网格长", "联系电话", "电话", "手机号", "身份证", "身份证号", "户主", "业主姓名", "负责人", "姓名",
    "联系人", "联系方式", "单位电话", "楼栋长", "社区书记", "河长", "路长", "民警", "住址", "出生日期", "phone",
    "PHONE", "Phone", "unit_phone", "contactPhone", "lxdh", "WGY", "wgy_xm", "tel", "Mobile", "id_card", "householder",
    "email",
)  # fmt: skip
NOBODY = (
    "name", "code", "名称", "编码", "网格编码", "责任单位", "责任单位编码", "面积", "周长", "长度", "户数", "人数",
    "居民数", "人口数", "网格员数量", "households", "hotel", "network", "telescope", "level", "类型", "备注", "地址",
    "上级编码", "fid", "OBJECTID", "Shape_Area", "population",
)  # fmt: skip


@pytest.mark.parametrize("name", PEOPLE)
def test_a_column_about_people_is_recognised(name: str) -> None:
    assert is_person_column(name)


@pytest.mark.parametrize("name", NOBODY)
def test_a_column_about_nobody_is_left_alone(name: str) -> None:
    assert not is_person_column(name)


def test_a_count_of_people_is_about_nobody() -> None:
    assert not is_about_people("网格员", 3)
    assert is_about_people("联系电话", 13800138000)
    assert is_about_people("网格员", "张三")


def test_what_everybody_sees_of_an_area_holds_no_person() -> None:
    attributes = {"网格员": "张三", "dh": 13800138000, "备注": "电话13800138000", "面积": 7, "x": {"电话": "1", "y": 1}}
    shown = {"dh": "138******00", "备注": "电话138******00", "面积": 7, "x": {"y": 1}}
    assert without_people(attributes) == shown


def test_what_an_editor_did_not_see_stays_unless_it_is_named() -> None:
    old = {"网格员": "张三", "备注": "电话13800138000", "面积": 7}
    seen = without_people(old) | {"面积": 8}
    assert keeping_people(old, seen) == old | {"面积": 8}
    assert keeping_people(old, seen | {"网格员": None}) == {"备注": old["备注"], "面积": 8}
    assert keeping_people(old, {"网格员": "李四"}) == {"网格员": "李四"}


def test_the_import_tells_of_each_column() -> None:
    told = told_of_people([{"网格员": "张三", "备注": "无", "面积": 1}, {"备注": "电话13800138000"}])
    assert [remark.split("'")[1] for remark in told] == ["网格员", "备注"]
    assert all("workers:read" in remark for remark in told)
