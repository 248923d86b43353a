"""Reads every cell of a workbook with one reader. usage: FILE openpyxl|calamine|xlrd."""
import json
import resource
import sys
import time

path, reader = sys.argv[1:3]


def read_openpyxl():
    from openpyxl import load_workbook
    book = load_workbook(path, read_only=True, data_only=True)
    return sum(1 for sheet in book.worksheets for _ in sheet.iter_rows(values_only=True))


def read_calamine():
    from python_calamine import CalamineWorkbook
    book = CalamineWorkbook.from_path(path)
    return sum(len(book.get_sheet_by_name(n).to_python()) for n in book.sheet_names)


def read_xlrd():
    import xlrd
    book = xlrd.open_workbook(path)
    return sum(len([sheet.row_values(i) for i in range(sheet.nrows)]) for sheet in book.sheets())


start, cpu = time.perf_counter(), time.process_time()
rows = {"openpyxl": read_openpyxl, "calamine": read_calamine, "xlrd": read_xlrd}[reader]()
print(json.dumps({
    "rows": rows, "seconds": time.perf_counter() - start, "cpu_seconds": time.process_time() - cpu,
    "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
}))
