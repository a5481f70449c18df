#!/usr/bin/env python3
"""The oracle itself is tried: documents that were broken on purpose must fail, each with the rule that names the defect.

    mutants.py CII UBL PDF      three valid files of one invoice between French businesses (several rates, attachments)

Each mutant changes one thing. A mutant that passes, or fails with another rule only, means that the oracle sees less than we think.
"""
import io
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pikepdf

KIT = Path(__file__).parent / "validate_einvoice.py"


def text(pattern, replacement, count=1):
    """Replaces a pattern, which must stand there."""

    def change(xml):
        changed, times = re.subn(pattern, replacement, xml, count=count, flags=re.S)
        if not times:
            raise SystemExit(f"the mutant has nothing to change: {pattern}")
        return changed

    return change


def note(code):
    return text(rf"<ram:IncludedNote>\s*<ram:Content>[^<]*</ram:Content>\s*<ram:SubjectCode>{code}</ram:SubjectCode>\s*</ram:IncludedNote>", "")


# What is broken, the rule that must say so, how. Code lists are judged by the rules FX-SCH-A-* of the Factur-X schematron.
CII = [
    ("a total that is too high", "BR-CO-15", text(r"<ram:GrandTotalAmount>(\d+)", r"<ram:GrandTotalAmount>9\1")),
    ("an amount due that is wrong", "BR-CO-16", text(r"<ram:DuePayableAmount>(\d+)", r"<ram:DuePayableAmount>9\1")),
    ("a sum of lines that is wrong", "BR-CO-10", text(r"(MonetarySummation>\s*)<ram:LineTotalAmount>(\d+)([^<]*</ram:LineTotalAmount>\s*<ram:ChargeTotalAmount>|[^<]*</ram:LineTotalAmount>\s*<ram:TaxBasis)", r"\1<ram:LineTotalAmount>9\2\3")),
    ("a VAT total that is wrong", "BR-CO-14", text(r'<ram:TaxTotalAmount currencyID="EUR">(\d+)', r'<ram:TaxTotalAmount currencyID="EUR">9\1')),
    ("a VAT amount that is wrong", "BR-CO-17", text(r"<ram:CalculatedAmount>(\d+)", r"<ram:CalculatedAmount>9\1")),
    ("a VAT base that is wrong", "BR-S-08", text(r"(<ram:ApplicableTradeTax>\s*<ram:CalculatedAmount>[^<]*</ram:CalculatedAmount>\s*<ram:TypeCode>VAT</ram:TypeCode>\s*<ram:BasisAmount>)(\d+)", r"\g<1>9\2")),
    ("no number", "BR-02", text(r"(<rsm:ExchangedDocument>\s*)<ram:ID>[^<]*</ram:ID>", r"\1<ram:ID></ram:ID>")),
    ("no profile", "BT-24", text(r"urn:cen.eu:en16931:2017", "urn:cen.eu:en16931:2099")),
    ("a type that is no invoice", "FX-SCH-A-000555", text(r"<ram:TypeCode>380</ram:TypeCode>", "<ram:TypeCode>999</ram:TypeCode>")),
    ("a currency that does not exist", "FX-SCH-A-000595", text(r"<ram:InvoiceCurrencyCode>EUR", "<ram:InvoiceCurrencyCode>XXQ")),
    ("a country that does not exist", "FX-SCH-A-000580", text(r"<ram:CountryID>FR", "<ram:CountryID>QQ")),
    ("a unit that does not exist", "FX-SCH-A-000613", text(r'unitCode="[^"]*"', 'unitCode="QQQ"')),
    ("a line without an item", "BR-25", text(r"<ram:Name>[^<]*</ram:Name>(\s*(<ram:Description>[^<]*</ram:Description>\s*)?</ram:SpecifiedTradeProduct>)", r"<ram:Name></ram:Name>\1")),
    ("a negative price", "BR-27", text(r"<ram:ChargeAmount>", "<ram:ChargeAmount>-")),
    ("a line whose category differs", "BR-Z-01", text(r"(<ram:SpecifiedLineTradeSettlement>\s*<ram:ApplicableTradeTax>\s*<ram:TypeCode>VAT</ram:TypeCode>\s*<ram:CategoryCode>)S", r"\1Z")),
    ("the standard rate at zero", "BR-S-05", text(r"(<ram:SpecifiedLineTradeSettlement>\s*<ram:ApplicableTradeTax>.*?<ram:RateApplicablePercent>)[\d.]+", r"\g<1>0")),
    ("a seller without VAT number", "BR-S-02", text(r'<ram:SpecifiedTaxRegistration>\s*<ram:ID schemeID="VA">[^<]*</ram:ID>\s*</ram:SpecifiedTaxRegistration>', "")),
    ("a VAT number without country", "BR-CO-09", text(r'<ram:ID schemeID="VA">FR', '<ram:ID schemeID="VA">99')),
    ("an attachment of a forbidden type", "FX-SCH-A-000287", text(r'mimeCode="[^"]*"', 'mimeCode="application/x-msdownload"')),
    ("a transfer without an account", "CII-SR-470", text(r"<ram:PayeePartyCreditorFinancialAccount>.*?</ram:PayeePartyCreditorFinancialAccount>", "")),
    ("three decimals", "BR-DEC-14", text(r"<ram:GrandTotalAmount>([^<]*)", r"<ram:GrandTotalAmount>\g<1>0")),
    ("elements in the wrong order", "XSD", text(r"(<ram:ID>[^<]*</ram:ID>)\s*(<ram:TypeCode>380</ram:TypeCode>)", r"\2\1")),
    ("an unknown element", "XSD", text(r"</rsm:ExchangedDocument>", "<ram:Mood>good</ram:Mood></rsm:ExchangedDocument>")),
    ("a file cut in two", "XML", lambda xml: xml[: len(xml) // 2]),
    ("no late penalties", "BR-FR-05", note("PMD")),
    ("no indemnity", "BR-FR-05", note("PMT")),
    ("no word on the discount", "BR-FR-05", note("AAB")),
    ("a frame of invoicing that does not exist", "BR-FR-08", text(r"(<ram:BusinessProcessSpecifiedDocumentContextParameter>\s*<ram:ID>)[^<]*", r"\1X9")),
    ("a seller without SIREN", "BR-FR-10", text(r'(<ram:SellerTradeParty>.*?)<ram:ID schemeID="0002">[^<]*</ram:ID>', r"\1")),
    ("a buyer without SIREN", "BR-FR-11", text(r'(<ram:BuyerTradeParty>.*?)<ram:ID schemeID="0002">[^<]*</ram:ID>', r"\1")),
    ("a buyer without electronic address", "BR-FR-12", text(r"(<ram:BuyerTradeParty>.*?)<ram:URIUniversalCommunication>.*?</ram:URIUniversalCommunication>", r"\1")),
    ("a seller without electronic address", "BR-FR-13", text(r"(<ram:SellerTradeParty>.*?)<ram:URIUniversalCommunication>.*?</ram:URIUniversalCommunication>", r"\1")),
    ("another SIRET than the SIREN's", "BR-FR-09", text(r'<ram:GlobalID schemeID="0009">\d{9}', '<ram:GlobalID schemeID="0009">111111111')),
    ("an address that is not the SIREN's", "BR-FR-21", text(r'(<ram:BuyerTradeParty>.*?<ram:URIID schemeID="0225">)\d+', r"\g<1>999999999")),
    ("a rate that France does not know", "BR-FR-16", text(r"<ram:RateApplicablePercent>20<", "<ram:RateApplicablePercent>19<", count=0)),
    ("a due date before the issue date", "BR-FR-CO-07", text(r"(<ram:DueDateDateTime>\s*<udt:DateTimeString[^>]*>)\d{4}", r"\g<1>2020")),
]

UBL = [
    ("a total that is too high", "BR-CO-15", text(r'(<cbc:TaxInclusiveAmount[^>]*>)(\d+)', r"\g<1>9\2")),
    ("an amount due that is wrong", "BR-CO-16", text(r'(<cbc:PayableAmount[^>]*>)(\d+)', r"\g<1>9\2")),
    ("a VAT total that is wrong", "BR-CO-14", text(r'(<cac:TaxTotal>\s*<cbc:TaxAmount[^>]*>)(\d+)', r"\g<1>9\2")),
    ("a unit that does not exist", "BR-CL-23", text(r'unitCode="[^"]*"', 'unitCode="QQQ"')),
    ("no seller's name", "BR-06", text(r"<cbc:RegistrationName>[^<]*", "<cbc:RegistrationName>")),
    ("elements in the wrong order", "XSD", text(r"(<cbc:ID>[^<]*</cbc:ID>)\s*(<cbc:IssueDate>[^<]*</cbc:IssueDate>)", r"\2\1")),
    ("no late penalties", "BR-FR-05", text(r"<cbc:Note>#PMD#[^<]*</cbc:Note>", "")),
    ("no frame of invoicing", "BR-FR-08", text(r"<cbc:ProfileID>[^<]*</cbc:ProfileID>", "")),
]


def pdf_mutants():
    """Name, rule, and a function on the opened PDF or on its bytes."""

    def metadata(pattern, replacement):
        def change(pdf):
            xmp = pdf.Root.Metadata.read_bytes().decode()
            changed, times = re.subn(pattern, replacement, xmp, flags=re.S)
            if not times:
                raise SystemExit(f"the mutant has nothing to change: {pattern}")
            pdf.Root.Metadata = pdf.make_stream(changed.encode(), Type=pikepdf.Name.Metadata, Subtype=pikepdf.Name.XML)

        return change

    def drop(*path):
        def change(pdf):
            place = pdf.Root
            for key in path[:-1]:
                place = place[key]
            del place[path[-1]]

        return change

    def spec(pdf):
        return next(file for file in pdf.Root.AF if str(file.UF) == "factur-x.xml")

    def unembed(pdf):
        for item in pdf.objects:
            if isinstance(item, pikepdf.Dictionary) and "/FontFile2" in item:
                del item["/FontFile2"]
                return
        raise SystemExit("no font to take out")

    def javascript(pdf):
        pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")

    def rename(pdf):
        spec(pdf).UF = pikepdf.String("invoice.xml")

    def relationship(pdf):
        spec(pdf).AFRelationship = pikepdf.Name.Supplement

    def spoil(pdf):
        stream = spec(pdf).EF.F
        stream.write(stream.read_bytes().replace(b"<ram:GrandTotalAmount>", b"<ram:GrandTotalAmount>9"))

    return [
        ("no output intent", "PDFA-6.2.3", drop("/OutputIntents")),
        ("no metadata", "PDFA-6.6.2", drop("/Metadata")),
        ("no associated files", "FX-XML", drop("/AF")),
        ("no names of embedded files", "FX-NAMES", drop("/Names", "/EmbeddedFiles")),
        ("another part of PDF/A", "XMP", metadata(r"<pdfaid:part>3", "<pdfaid:part>1")),
        ("another level of Factur-X", "XMP", metadata(r"<fx:ConformanceLevel>EN 16931", "<fx:ConformanceLevel>BASIC")),
        ("no extension schema", "PDFA-6.6.2.3", metadata(r"<pdfaExtension:schemas>.*</pdfaExtension:schemas>", "")),
        ("a font that is not embedded", "PDFA-6.2.11.4", unembed),
        ("a script", "PDFA-6.5.1", javascript),
        ("another name of the XML", "FX-XML", rename),
        ("a relationship that Factur-X does not know", "FX-AFREL", relationship),
        ("a wrong total inside", "BR-CO-15", spoil),
    ]


def judge(names):
    """Rules that the oracle finds in each file."""
    import json

    result = subprocess.run([sys.executable, KIT, "--fr", "--json", *names], capture_output=True, text=True)
    reports = json.loads(result.stdout)
    return [
        [rule for layer in report["layers"].values() for severity, rule, _ in layer if severity in ("fatal", "error")]
        for report in reports
    ]


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    cii, ubl, pdf = map(Path, sys.argv[1:])
    with tempfile.TemporaryDirectory() as folder:
        names, wanted = [str(cii), str(ubl), str(pdf)], [("valid", None)] * 3
        for source, mutants in ((cii, CII), (ubl, UBL)):
            xml = source.read_text(encoding="utf-8")
            for index, (name, rule, change) in enumerate(mutants):
                path = Path(folder) / f"{source.stem}-{source.parent.name}-{index}.xml"
                path.write_text(change(xml), encoding="utf-8")
                names.append(str(path))
                wanted.append((name, rule))
        for index, (name, rule, change) in enumerate(pdf_mutants()):
            mutant = pikepdf.open(io.BytesIO(pdf.read_bytes()))
            change(mutant)
            path = Path(folder) / f"mutant-{index}.pdf"
            mutant.save(path, deterministic_id=True)
            names.append(str(path))
            wanted.append((name, rule))
        survivors = 0
        for path, found, (name, rule) in zip(names, judge(names), wanted):
            matches = not found if rule is None else any(rule == one or one.startswith(rule) for one in found)
            if not matches:
                survivors += 1
                print(f"{Path(path).name}: {name}: expected {rule or 'no finding'}, found {sorted(set(found))}")
        count = len(names) - 3
        print(f"{count - survivors} of {count} mutants are killed by the rule that names them")
        sys.exit(1 if survivors or count < 30 else 0)


if __name__ == "__main__":
    main()
