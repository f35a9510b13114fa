# 简体中文: 优惠券

coupons-column-severity = 级别
coupons-column-store = 店铺
coupons-column-code = 券码
coupons-column-name = 名称
coupons-column-findings = 问题
coupons-column-why = 原因
coupons-column-suggested = 建议
coupons-column-action = 操作
coupons-column-new-end = 新结束时间
coupons-column-add-stock = 增加库存
coupons-column-new-min-spend = 新门槛
coupons-column-note = 备注
coupons-column-result = 结果
coupons-column-before = 修改前
coupons-column-after = 修改后
coupons-column-message = 说明
coupons-column-what-to-do = 下一步
coupons-column-request-id = 请求 ID
coupons-column-time = 时间
coupons-column-read-back = 回读核对
coupons-column-page = 页面
coupons-column-rank = 序号
coupons-column-since = 已持续
coupons-column-days-left = 剩余天数
coupons-column-ends = 结束
coupons-column-remaining = 剩余
coupons-column-used = 已用
coupons-column-total = 发放总量
    .earlier = 总量
coupons-column-discount = 优惠
coupons-column-min-spend = 门槛
coupons-column-money-at-risk = 风险金额
coupons-column-status = 状态
coupons-column-type = 类型
coupons-column-starts = 开始
coupons-column-campaign = 活动
coupons-column-all-findings = 全部问题
coupons-column-owner = 负责人
coupons-column-region = 地区
coupons-column-platform = 平台
coupons-column-coupon-id = 券 ID
coupons-column-currency = 币种
coupons-column-time-zone = 时区
coupons-column-row-key = 行标识
# 经理自加列没有表头时
coupons-column-own = 列

coupons-title = 优惠券
coupons-all-good = ✓ { $all } 张券都无需处理
coupons-need-a-look = { $all } 张中 { $some } 张需处理
coupons-sheet-of = { $count } · 第 { $number } 张表，共 { $sheets } 张
coupons-open-page = 打开
coupons-open-page-tip = 在平台后台打开这张券
coupons-none = 已加载的店铺没有优惠券。
coupons-none-loaded = ● { $count } 家店铺未加载。{ $problem }
coupons-more-findings = + 另有 { $count } 项

coupons-banner-identity = 哪张券
coupons-banner-story = 什么问题，为什么
coupons-banner-yours = ✎ 由您决定：填写蓝色列，保存后交回
coupons-banner-result = 处理结果
coupons-banner-clock = 各店铺当地时间
coupons-banner-facts = 事实：导出时的数据，修改无效
coupons-banner-program = 程序使用：请勿修改

coupons-legend-critical = 严重：今天处理
coupons-legend-warning = 警告：本周处理
coupons-legend-notice = 提示：可整理
coupons-legend-tint = 底色加粗
coupons-legend-tint-means = = 出问题的数据
coupons-legend-missing = = 还缺数值
coupons-legend-struck = 删除线 = 不会使用

coupons-note-severity = 严重：今天处理。警告：本周处理。提示：可整理。正常：无问题。
coupons-note-findings = 主要问题在前，其他以 + 列出。
coupons-note-suggested = 平台目前允许的做法。同意请在“操作”选“采纳”。
coupons-note-action = 从列表选择；留空 = 不处理。各操作含义见“帮助”。
coupons-note-rank = 按紧急程度的顺序；按它排序即可恢复最初的顺序。
coupons-note-since = 之前的导出已连续多少天看到首要问题。“今天新增”：上一次导出时没有。
coupons-note-ends = 店铺所在时区。
coupons-note-money-at-risk = 剩余数量 × 单张最高成本。
coupons-note-row-key = 排序后仍靠它识别此行，请勿修改。

coupons-action-error-title = 不是可用操作
coupons-action-error = 请从列表中选择；留空表示不处理。说明见“帮助”。
# 提示中：填到何时为止的操作
coupons-prompt-until = { $action }（至）
coupons-new-end-prompt =
    用于 { $actions }。
    日期、日期时间或天数：30天。
    留空 = 按建议。
coupons-add-stock-prompt =
    用于 { $actions }。
    填增加的数量，不是新的发放总量。
    留空 = 按建议。
coupons-add-stock-error-title = 需要整数
coupons-add-stock-error = 请填写要增加的数量：1 或以上的整数。
coupons-min-spend-prompt =
    用于 { $actions }。
    按店铺币种填写金额。
coupons-min-spend-error-title = 需要金额
coupons-min-spend-error = 请填写金额，如 25 或 25.50（店铺币种）。平台允许时可写 [清除] 取消门槛。
coupons-note-prompt =
    { $actions } 时必填，其余可选。
    会存入归档。

# 标出有误单元格的副本
coupons-mend-count = { $count } 个单元格需修正；批注写明该怎么填
