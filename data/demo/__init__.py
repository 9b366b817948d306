"""The demo city, by seed: values out, no file and no database. Everything in it is made up (演示数据)."""

from data.demo.catalogue import Catalogue, build_catalogue
from data.demo.city import DemoCity, build_city
from data.demo.components import build_components
from data.demo.edition import edition
from data.demo.faults import PLANTED, Fault, older_plan
from data.demo.incidents import build_incidents
from data.demo.layers import SOURCE
from data.demo.people import DemoPeople, build_people
from data.demo.sayings import build_addresses
from data.demo.verified import verified_houses, verified_people

__all__ = [
    "PLANTED",
    "SOURCE",
    "Catalogue",
    "DemoCity",
    "DemoPeople",
    "Fault",
    "build_addresses",
    "build_catalogue",
    "build_city",
    "build_components",
    "build_incidents",
    "build_people",
    "edition",
    "older_plan",
    "verified_houses",
    "verified_people",
]
