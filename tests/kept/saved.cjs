// The filled workbook as programs in JavaScript save it: saved.cjs WORK HERE.
const path = require('path');
const [, , work, here] = process.argv;
const filled = path.join(work, 'filled.xlsx');

async function sheetjs() {
  const X = require('xlsx');
  for (const [ending, bookType] of [['xlsx', 'xlsx'], ['xlsb', 'xlsb'], ['xls', 'biff8'], ['ods', 'ods']]) {
    const book = X.readFile(filled, { cellNF: true, cellStyles: true });
    X.writeFile(book, path.join(here, `sheetjs.${ending}`), { bookType, compression: true });
  }
}

async function exceljs() {
  const { Workbook } = require('exceljs');
  const book = new Workbook();
  // It cannot open the comments of openpyxl, so it fills in the exported workbook by itself.
  await book.xlsx.readFile(path.join(work, 'exported.xlsx'));
  const sheet = book.getWorksheet('Coupons');
  const columns = {};
  sheet.getRow(3).eachCell((cell, column) => { columns[cell.value] = column; });
  const decisions = {
    0: { Action: 'keep', Note: '=planned, not computed' },
    1: { Action: 'renew', 'New end': new Date(Date.UTC(2026, 11, 31)) },
    2: { Action: 'restock', 'Add stock': 20 },
    3: { Action: 'adjust', 'New min spend': 12.5 },
    4: { Action: 'end' },
    5: { Action: 'renew', 'New end': '2026-12-24 18:00' },
    7: { Note: '梅 asks why' },
  };
  for (const [row, cells] of Object.entries(decisions)) {
    for (const [header, value] of Object.entries(cells)) {
      sheet.getRow(4 + Number(row)).getCell(columns[header]).value = value;
    }
  }
  const own = sheet.columnCount + 1;
  sheet.getRow(3).getCell(own).value = 'My remark';
  sheet.getRow(5).getCell(own).value = 'ours';
  await book.xlsx.writeFile(path.join(here, 'exceljs.xlsx'));
}

async function populate() {
  const populate = require('xlsx-populate');
  const book = await populate.fromFileAsync(filled);
  await book.toFileAsync(path.join(here, 'xlsx_populate.xlsx'));
}

(async () => {
  for (const program of [sheetjs, exceljs, populate]) {
    try {
      await program();
    } catch (error) {
      console.log(`${program.name}: ${error.message}`);
    }
  }
})();
