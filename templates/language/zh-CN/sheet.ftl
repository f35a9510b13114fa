# 没有接口的店铺：它们的文件。

sheet-not-loaded = { $store }：{ $why }
sheet-file-not-loaded = { $store }：{ $file }：{ $why }
sheet-no-file = 文件夹中没有名称符合 { $pattern } 的文件；请重新导出优惠券，或更正配置中的 `files`
sheet-no-folder = 找不到文件夹 { $folder }：若在网络盘或同步盘上，请先连接；否则请更正配置中的 `files`
sheet-folder-unreadable = 无法读取文件夹 { $folder }（{ $error }）
sheet-same-time = { $one } 与 { $other } 的写入时间相同，无法判断哪个更新；请删除其中一个
sheet-ahead = 按本机时钟，{ $file } 的写入时间在未来，无法判断其新旧；请检查时钟，或重新保存该文件
sheet-stale = { $file } 已有 { $hours } 小时，超过 { $limit } 小时（stale_hours）即过旧；请重新导出优惠券
sheet-conflict = { $file } 是两人同时修改时同步软件生成的冲突副本；请只保留其中一个
sheet-online-only = { $file } 尚未下载到本机；请让同步软件下载
sheet-open = { $file } 正在办公软件中打开（旁边有 { $lock }）；请在那里关闭，若无人打开则删除 { $lock }
sheet-being-written = 读取时文件仍在写入；请等写完后重新导出
sheet-empty = 文件没有任何行
sheet-no-headings = 没有一行包含所需的表头；第一行是：{ $there }；请在配置的 `columns` 中写明各列
sheet-two-columns = { $place }：有两列都表示 { $field }，第二列是 { $heading }；请改名，或在 `columns` 中指定其一
sheet-json = 它不是该预设所读的 JSON 报表（{ $what }）
sheet-json-large = 它超过了可读取的 JSON 报表上限 32 MB
sheet-twice = { $key } 出现两次：{ $one } 和 { $other }；每张券只能有一行
sheet-encoding = 文件不是 UTF-8，看起来是 GB18030（中文）；请在配置中写 encoding = "gb18030"，或另存为“CSV UTF-8”
sheet-asks = { $asked }
sheet-ask-dates = 日期有两种读法：请在配置中写 dates = "day-month-year" 或 dates = "month-day-year"
sheet-ask-dates-as = 部分日期有两种读法，其余日期显示为 { $order }：若确实如此，请在配置中写 dates = "{ $order }"
sheet-ask-decimals = 数字中带有分隔符：请在配置中写 decimals = "point"（1234.50）或 decimals = "comma"（1234,50）
sheet-ask-zone = 时间没有时区：请在配置中写 file_zone = "{ $zone }"，或写文件所用的时区
sheet-unreadable-row = { $place }：{ $why }
sheet-row = 第 { $row } 行
sheet-row-of = 工作表 { $sheet } 第 { $row } 行
sheet-reversed = 结束时间早于开始时间
sheet-no-end = 结束时间为空；若不设结束时间，请写 none 或“无”
sheet-period = { $found } 不是以“ - ”隔开的两个日期
sheet-no-date = { $found } 不是带四位年份的日期
sheet-other-order = { $found } 与 `dates` 写明的顺序不符
sheet-no-zone = { $found } 不是 Asia/Singapore 这样的时区
sheet-no-percent = { $found } 不是 0 到 100 之间的百分比
sheet-percent-cell = 百分比单元格 { $found } 可能是 { $found }%，也可能是其一百倍；请导出为文本
sheet-no-count = { $field }：{ $found } 不是整数
sheet-no-amount = { $field }：{ $found } 不是该币种的金额
sheet-no-currency = { $found } 不是币种
sheet-no-unit = { $found } 既不是张也不是金额
sheet-no-key = 没有券码，没有编号，名称与开始时间也不齐全
sheet-damaged = { $field }：{ $found } 丢失了数字；请将该列导出为文本
sheet-not-in-file = { $store }：{ $file } 中没有 { $coupon }，该文件可能只含部分优惠券；请导出包含它的文件
sheet-no-sign-in = 店铺 { $store } 使用文件，无需登录授权

# `stores check` 的说明。
sheet-note-file = 已读取 { $file }，截至 { $at }：{ $count } 张优惠券
sheet-note-unconfirmed = 布局 { $preset } 尚未用真实文件验证：请将下面各行与页面核对
sheet-note-understood = 已识别：{ $columns }
sheet-note-unknown = 未识别的表头：{ $columns }{ $more ->
        [0] {""}
       *[other] {" "}等另外 { $more } 个
    }
sheet-note-lacking = 文件中没有，显示为不详：{ $columns }
sheet-note-derived = 没有状态列：状态由日期推出
sheet-note-complete = 文件包含店铺的全部优惠券（complete = true）：缺少的即已不存在
sheet-note-part = 文件可能只含部分优惠券：缺少的不作判断；若总是全部，请写 complete = true
sheet-note-sample = { $coupon }：{ $starts } 至 { $ends }，{ $discount }，发放总量 { $total }，已使用 { $used }，{ $status }
sheet-note-more-unreadable = 另有 { $count } 行无法读取
sheet-note-aside = 不属于优惠券列表的行：{ $places }{ $more ->
        [0] {""}
       *[other] {" "}等另外 { $more } 行
    }

# 页面上的菜单、栏目和按钮名称不详时的说法。
office-menu = 店铺自己的优惠券页面
office-end = 结束时间
office-total = 页面上的总量栏
office-minimum = 页面上的门槛栏
office-edit = 编辑
office-stop = 结束、停用或暂停
office-enable = 启用或恢复
office-delete = 删除
office-copy = 复制，或新建同样的券
office-save = 保存
