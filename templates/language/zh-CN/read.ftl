# 简体中文: 读取交回的表格时的说明

# 为什么整个文件无法读取
read-missing = 找不到该文件，请核对文件名和所在文件夹
read-folder = 这是一个文件夹，请指定其中的工作簿
read-device = 这是设备或管道，不是 .xlsx 工作簿，请指定一个文件
read-held-open = 文件正被其他程序打开，或没有读取权限；请先在 Excel 中关闭，或检查权限
read-lock-file = 这不是工作簿，而是办公软件正打开 { $workbook } 时留下的标记；请先在那里关闭，再指定 { $workbook }
read-unreadable = 文件无法读取；请复制到本机后再试
read-empty = 文件是空的；请对方重新发送，或重新导出
read-encrypted = 工作簿设有密码；请打开后取消密码，再另存为 .xlsx
read-other-kind = 这是{ $what }，不是 .xlsx 工作簿；请打开后另存为 .xlsx
read-kind-old-xls = Excel 97 以前的工作簿
read-kind-word = Word 文档
read-kind-powerpoint = PowerPoint 演示文稿
read-kind-numbers = Numbers 文档
read-kind-zip = zip 压缩包
read-kind-pdf = PDF 文件
read-kind-xml-2003 = 2003 版 XML 电子表格
read-kind-html = 用工作簿名保存的网页
read-kind-text = 文本文件
read-kind-other = 其他类型的文件
read-no-coupon-sheet = 每张工作表的前 { $rows } 行都没有同时含“行标识”和“操作”的表头；请交回导出的工作簿
read-newer-version = 这份工作簿由更新版本的 couponbook 生成（版本 { $found }）；请使用该版本
read-no-such-sheet = 没有名为“{ $wanted }”的工作表，只有 { $names }；请核对配置中的工作表名
read-missing-column = 工作表“{ $sheet }”第 { $row } 行的表头缺少“{ $header }”列；请补回，或从导出的工作簿中复制
read-doubled-column = 工作表“{ $sheet }”有两列“{ $header }”（{ $first } 和 { $second }）；请改名或删除其中一列

read-damaged = 文件不完整或已损坏（{ $detail }）；请重新复制或下载，或用 Excel 打开后重新保存
read-in-part = { $part }：{ $what }
read-in-sheet = 工作表“{ $sheet }”：{ $what }
read-part-missing = 缺少 { $part }
read-part-used-twice = { $part } 被重复使用
read-doubled-part = 有两个部分都叫 { $part }
read-damaged-sheet-list = 工作表清单不是办公软件的写法
read-no-visible-sheet = 没有可见的工作表
read-damaged-document-type = 声明了文档类型，办公软件不会这样写
read-damaged-nested = 元素嵌套过深
read-damaged-inside = 其中的行不是办公软件的写法
read-damaged-repeats = 单元格的重复次数不是数字
read-damaged-value = 有数值不是办公软件的写法
read-damaged-rows-twice = 行数据出现了两次
read-damaged-row-number = 有一行的行号不正确
read-damaged-row-order = 各行顺序不对
read-damaged-address = 有单元格的地址不正确
read-damaged-cell-place = 有单元格不在所属的行内
read-damaged-area = 含有不存在的区域

# 读取上限及应对办法，每条上限各有一句办法
read-too-much = { $what }（最多读取 { $limit }）；{ $advice }
read-too-much-held = { $what }（此类文件最多读取 { $limit }）；请另存为 .xlsx，或删除不需要的工作表和行
read-too-many-held-cells = 工作表的单元格过多
read-too-much-held-text = 工作表的文字过多
read-guessed-encoding = 文件不是 UTF-8，已按 GB18030（中文）读取；如果文字显示不对，请另存为“CSV UTF-8”
read-csv-broken = 第 { $line } 行文字无法读取：{ $what }
read-csv-of-several = 文件中的行来自多次导出：“{ $column }”列中既有 { $first } 也有 { $second }；请将每次导出的行分别存为单独的文件交回
read-limit-inflated = { $all }（不是办公软件的写法时为 { $odd }），且不超过压缩大小的 200 倍
read-limit-steps = { $millions } 百万个元素
read-limit-letters = 32,767 个字符
read-limit-cells = { $millions } 百万个
read-limit-texts = { $millions } 百万条
read-limit-held = { $size }（含文件本身）
read-too-big = 文件太大
read-too-big-advice = 请删除不需要的图片、工作表和行，或分份导出（--split-by）后逐份交回
read-too-many-parts = 文件的组成部分太多
read-too-many-parts-advice = 请把优惠券工作表的单元格复制到新工作簿中
read-too-many-sheets = 工作表太多
read-too-many-sheets-advice = 请删除不需要的工作表
read-too-many-formats = 单元格格式太多或太长
read-too-many-formats-advice = 请把单元格以“仅粘贴值”的方式复制到新工作簿中
read-too-many-names = 定义的名称太多
read-too-many-names-advice = 请删除不需要的名称（Excel 中：公式 > 名称管理器），或把单元格复制到新工作簿中
read-too-many-texts = 文本条数太多
read-too-many-texts-advice = 请删除不需要的工作表和行，或把单元格复制到新工作簿中
read-too-long-texts = 工作簿的文字总量太大
read-too-long-texts-advice = 请删除不需要的工作表、列和行，或缩短最长的文字
read-too-much-text = 填了操作的行和自加的列文字太多
read-too-much-text-advice = 请删除自加的列并缩短备注，或分几次交回：在副本中删除以后再决定的行
read-too-many-rows = 工作表“{ $sheet }”的行太多
read-too-many-rows-advice = 请删除不需要的行
read-too-many-cells = { $part } 的单元格太多
read-too-many-cells-advice = 请删除表格右侧的列和下方的行，然后重新保存
read-too-many-merged = { $part } 的合并单元格太多
read-too-many-merged-advice = 请取消合并：选中整张工作表，点击“取消单元格合并”
read-too-many-relations = { $part } 引用的部分太多
read-too-many-relations-advice = 请把优惠券工作表的单元格复制到新工作簿中
read-long-cell = { $part } 有单元格的文字太长
read-long-cell-advice = 请缩短最长的备注，或把单元格复制到新工作簿中
read-long-text = { $part } 有一段文字太长
read-long-text-advice = 请缩短最长的备注，或把单元格复制到新工作簿中
read-inflates = { $part } 解压后远超工作簿所需
read-inflates-advice = 请删除不需要的工作表和行，或把单元格复制到新工作簿中

# 单元格应该怎么填。在标出有误单元格的副本中写在批注里，句末加句号
read-in-note = { $wanted }。
read-no-row-key = 请从导出的工作簿中复制行标识；没有它就无法确定是哪张券
read-changed-row-key = 行标识缺了字符或被改过；请从导出的工作簿中复制
read-unknown-row-key = 导出 { $export } 中没有这一行；请使用该次导出的工作簿里的行
read-other-coupon = 行标识属于店铺 { $store } 的 { $label }；请把这一行恢复成导出时的样子，或在要处理的那张券所在的行填写操作
read-part-was-moved = 有 { $count } 行显示的券与其行标识不符：表格只有一部分被排序、粘贴或移位。请撤销，或在导出的工作簿的新副本里重新填写操作；排序请用筛选按钮，这样整行一起移动
read-identity-column = 表格缺少“{ $column }”列，看不出这一行是哪张券；请从导出的工作簿中补回
read-id-damaged = 表格软件把 { $exported } 变成了数字；以行标识为准
read-still-in-doubt = 请核对这一行，然后删去 { $mark }
read-decided-otherwise = “{ $sheet }”第 { $row } 行对同一张券填了不同的操作，请只保留其中一行
read-merged = { $cells } 是合并单元格；请取消合并，并在每一行分别填写
read-merged-unseen = 这个值被合并单元格 { $cells } 盖住，没有人看得见；请取消合并，并在每一行分别填写
read-actions = 请填写以下之一：{ $actions }；不处理则留空
read-needed-by-adjust = “调整”必须填写“新门槛”：请填金额，如 25 或 25.50
read-needed-by-recreate = “重建”须填写“新结束时间”“增加库存”“新门槛”中的至少一项
read-needed-by-keep = “保留”必须填写“备注”：请写明为什么可以保持现状
read-not-as-meant = 无法按原意读取；“帮助”页说明了应填写的内容
read-note = 备注请填写普通文字
read-date = 请填写日期、日期时间或天数，如 30天
read-no-such-day = 没有这一天；请填写日期、日期时间或天数，如 30天
read-with-year = 请写上四位数的年份，如 2026-12-01
read-span-without-unit = 时长缺少单位；请填写日期、日期时间或天数，如 30天
read-span-bounds = 时长请填写 1小时 到 3660天 之间
read-time-without-date = 只有时间没有日期；请一起填写，如 2026-12-01 18:30
read-number-no-date = 单独一个数字不是日期；请填写日期、日期时间或天数，如 30天
read-day-out-of-range = 请填写 { $first } 年到 { $last } 年之间的日期；不设结束时间请写 { $clear }
read-day-or-month = 分不清日和月；请写成 { $one } 或 { $other }
read-day-or-month-exchanged = 这一列有日期的日月顺序与表格软件的设置不同，日和月可能已被颠倒；请写成 { $one } 或 { $other }，其他日期也请把年份写在最前面
read-zone = 请去掉时区：时间一律按店铺所在时区
read-time = 时间请按 18:30 的格式填写
read-count = 请填写大于 0 的整数
read-count-up-to = 请填写不超过 { $most } 的整数
read-amount = 请填写金额，如 25 或 25.50
read-amount-negative = 请填写 0 或以上的金额
read-amount-decimals = { $count ->
    [0] { $currency } 没有小数，请填写整数金额
   *[other] { $currency } 最多 { $count } 位小数，请不要写更多
}
read-amount-up-to = 请填写不超过 { $most } 的金额
read-other-currency = 该店铺的币种是 { $currency }；请按此币种填写金额，不写币种
read-thousands-or-decimals = 分不清千分位和小数点；请写成 { $one } 或 { $other }

# 理解方式与原文不同，或未使用的内容
read-decided-alike = “{ $sheet }”第 { $row } 行填了相同的操作，只执行一次
read-not-used = 未使用：“操作”为空
read-not-used-no-key = 未使用：这一行没有行标识，不属于任何券
read-not-used-changed-key = 未使用：行标识被改过，这一行不属于任何券
read-not-used-by = “{ $action }”不使用此项
read-formula = 公式：采用上次保存的结果
read-as = 按 { $value } 处理
read-midnight = 按{ $day } 0 点（当天一开始）处理：最后可用时间为 { $last } 23:59:59
read-as-hours = 按 { $count } 小时处理
read-day-and-time = { $day } { $time }
read-day-in-words = { $year }年{ $month }月{ $day }日
# 经理自加、有内容但没有表头的列
read-own-column = { $letters } 列

# 修改导出的数据不起作用
read-edit-empty = 空
read-edited = 未采用（原为 { $was }）：程序不读取这一列
read-edited-row = 这一行有 { $count } 个单元格与导出时不同：可能被移动、粘贴或改写过；程序不读取这些单元格
read-edited-use = 未采用（原为 { $was }）；请改填“{ $column }”
read-edited-anew = 这一列有 { $count } 个单元格与导出时不同；程序不读取这一列
read-edited-write = 导出时此处为 { $was }，现在显示的内容不会被执行；请填写“{ $column }”，并把此单元格改回原样
read-edited-other-export = 指定的导出中此处为 { $was }；这份工作簿可能来自另一次导出，请指定那一次
read-other-encoding = 它不是 { $encoding } 编码的文本；请更正配置中的 `encoding`，或另存为“CSV UTF-8”
