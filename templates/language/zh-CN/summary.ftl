# 简体中文: summary

summary-line-all = { $all } 家店铺全部加载，{ $place }时间 { $from }–{ $until }
summary-line-some = { $all } 家店铺已加载 { $loaded } 家，{ $place }时间 { $from }–{ $until }
summary-line-results = 导出 { $export } 中各项操作的执行结果 · 截至{ $place }时间 { $at }
summary-line-compared = 对比{ $since }的导出
summary-line-coupons = { $count } 张券，其中 { $live } 张可用
summary-day-am = { $day }上午
summary-day-pm = { $day }下午
summary-today-at = 今天 { $clock }
summary-tip = 跳转到该处（行未重新排序时有效）
summary-and-more = 另有 { $count } 项
summary-of = { $count } / { $all }

summary-tile-critical = ● 严重：今天处理
summary-tile-warning = ▲ 警告：本周处理
summary-tile-notice = ○ 提示：可整理
summary-tile-ok = – 正常：无问题
summary-tile-stores-loaded = ✓ 店铺全部加载
summary-tile-stores-look = { $mark } { $count } 家需查看，见“店铺”
summary-tile-stores-failed = { $mark } { $count } 家店铺未加载
summary-tile-coupons = 张券，共 { $stores } 家店铺
summary-tile-changed = { $since }以来 新增 / 已解决

summary-left-out = 本文件未采用的内容
summary-left-out-more = 另有 { $count } 项，见程序输出

summary-first = 请先处理
summary-still-yours = 仍需您处理
summary-approved-by = ✓ 已由 { $names } 批准
summary-all-good = ✓ 今天没有异常，无需填写；请在检查表签核后关闭。
summary-nothing-to-do = ✓ 今天无需处理。{ $count } 张券有提示但不需操作，原因见“原因”列。
summary-no-coupons = 已加载的店铺中没有券，无可检查。
summary-all-settled = ✓ 本次执行的各行均已完成，没有遗留。
summary-head-store = 店铺
summary-head-coupon = 优惠券
summary-head-finding = 问题
summary-head-why = 原因
summary-head-suggested = 建议
summary-head-go-to = 前往
summary-head-result = 结果
summary-head-happened = 执行情况
summary-head-to-do = 下一步
summary-head-week = 周
summary-whole-store = 整个店铺
summary-check-store = 检查店铺
summary-stores = 店铺
summary-more-stores = 另有 { $count } 家店铺有问题
summary-more-critical = “优惠券”中还有 { $count } 项严重待处理
summary-more-warning = “优惠券”中还有 { $count } 项警告待处理
summary-more-notice = “优惠券”中还有 { $count } 项提示待处理
summary-more-rows = “优惠券”中还有 { $count } 行

summary-heat = 各店铺问题
summary-heat-explained = 符号为该格最高级别；点击数字跳到第一行。“合计”中有多个问题的券只计一次。
summary-heat-tip = 打开“优惠券”中的第一行（行未重新排序时有效）
summary-heat-all = 合计
summary-heat-all-stores = 全部店铺
summary-heat-other = 其他
summary-heat-other-means = 其他：{ $names }
# 窄列的表头
summary-heat-campaign-uncovered = 活动无券
summary-heat-campaign-gap = 活动断档
summary-heat-more = 另有 { $stores } 家店铺共 { $count } 项待查看：请在“优惠券”中按店铺筛选
summary-not-loaded = 未加载：其优惠券情况未知

summary-changed = 变化
summary-first-export = 首次导出：从下一次起，这里显示变化。
summary-changed-since = { $since }以来的变化
summary-new = 新增（{ $count }）
summary-resolved = 已解决（{ $count }）
summary-new-line = { $mark } { $store } · { $coupon } · { $finding }
summary-resolved-line = ✓ { $store } · { $coupon } · { $finding }：{ $how }
summary-nothing-new = 没有新增问题。
summary-nothing-resolved = 没有已解决的问题。
summary-not-compared = { $count } 家店铺未对比：本次或之前的导出未能加载。
summary-ended-besides = { $count ->
   *[other] 另有 { $count } 个问题不再出现但并未解决：转为其他问题、决定保留，或店铺已不再加载。
}
summary-since-each = 各店铺上次加载

summary-money = 风险金额
summary-money-currency = 币种
summary-money-known = 最多
summary-money-coupons = 券数
summary-money-beyond = 此外
summary-money-suggested = 采纳全部建议最多增加
summary-money-no-limit = 没有上限：{ $count } 张券
summary-money-not-known = 未知：{ $count } 张券
summary-money-foot = 无需任何操作，买家现在或将来可得的券：剩余数量 × 单张最高优惠；已暂停的券不计。右侧为采纳全部建议后增加的金额。

summary-open = 已交回、尚未落实
summary-open-head = 最近交回的工作簿中有 { $count } 项操作未落实
summary-open-line = ▲ { $store } · { $coupon } · { $action }：{ $outcome }
summary-never-applied = 尚未执行

summary-chart-stores = 各店铺待查看数
summary-chart-stores-some = 待查看最多的 { $count } 家店铺
summary-chart-stores-alt = 条形图：各店铺的券及店铺本身，按最高级别为严重、警告、提示计数。下方表格为相同数据。
summary-chart-weeks = 最近 8 周待查看数
summary-chart-weeks-alt = 柱形图：每周平均的券、店铺和活动计划行数，按各自最高级别计。下方表格为相同数据。
summary-chart-no-weeks = 归档满两周后显示趋势。
summary-chart-numbers = 图表数据：券、店铺和活动计划行按各自最高级别计（周：平均值）
summary-week = W{ $week }
