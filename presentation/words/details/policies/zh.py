"""Details about values of policy, in Chinese, by their English."""

from __future__ import annotations

SEPARATOR = "、"

SENTENCES: dict[str, str] = {
    "There is no value of policy '{word}'; there are {codes}.": "没有参数“{word}”；可用的有：{codes}。",
    "'{code}' is a whole number of {least} to {most}.": "“{code}”应为 {least} 至 {most} 的整数。",
    "'{code}' is written as '{default}': 1 to {most} of {units}.": (
        "“{code}”应写作“{default}”的形式：1 至 {most}，单位为 {units}。"
    ),
    "'{code}' is a time of the day, written as '{default}'.": "“{code}”应为一日内的时刻，写作“{default}”的形式。",
    "A value of policy counts from now or later, within ten years: what was is explained by what held.": (
        "参数只能自现在或以后生效，不超过十年；以往的办理以当时的参数为准。"
    ),
    "Give the file or decision that states it.": "请填写依据的文件或决定。",
    "The value is {state} already.": "该参数的状态已是“{state}”。",
}
