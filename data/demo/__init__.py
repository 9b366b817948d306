"""The demo city, by seed: values out, no file and no database. Everything in it is made up (演示数据)."""

from data.demo.city import DemoCity, build_city
from data.demo.layers import SOURCE

__all__ = ["SOURCE", "DemoCity", "build_city"]
