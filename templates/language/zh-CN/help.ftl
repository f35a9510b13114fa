# 简体中文: 帮助

help-title = 帮助
help-step = 第 { $number } 步
help-step-1 = 先看“汇总”，再打开“优惠券”。最严重的排在最上面；每行写明什么问题、为什么、怎么办。
help-step-2 = 只填写蓝色列。“采纳”= 按建议处理；“操作”留空 = 不处理。可以随意排序、筛选、隐藏，也可以自己加列。
help-step-3 = 用任何办公软件保存后交回。有人看过执行方案并确认之前，平台上不会有任何改动。

help-actions = 操作
help-head-action = 操作
help-head-fill-in = 填写
help-head-meaning = 含义
help-head-good-to-know = 提示

# 操作需要填写哪些蓝色列
help-use-nothing = 无需填写
help-use-suggested = { $column }，或留空
help-use-until = { $column } = 保留到何时
help-use-one-of = { $columns }，至少一项

help-accept-meaning = 按“建议”处理。
help-accept-good-to-know = 处理列表最快的方式。“建议”写了几项，就几项一起做。
help-renew-meaning = 有效期延到该时间。日期（整天）、日期时间或 30天。
help-renew-good-to-know = 留空 = 按建议的时间。Shopee 进行中的券会另发后续券。
help-restock-meaning = 发放总量增加这么多。
help-restock-good-to-know = 留空 = 按建议的数量。填增加的数量，不是新的发放总量。
help-delete-meaning = 从平台上删除。
help-delete-good-to-know = 平台不支持删除时，执行方案会写明改做什么。
help-end-meaning = 立即停用，但保留在平台上。
help-end-good-to-know = 已领取的买家可能无法再用。
help-enable-meaning = 启用这张券。
help-enable-good-to-know = { "" }
help-pause-meaning = 暂时停用。
help-pause-good-to-know = 平台没有暂停功能时，请用“结束”。
help-adjust-meaning = 修改门槛（最低消费金额）。
help-adjust-good-to-know = 平台允许时，写 [清除] 取消门槛。
help-recreate-meaning = 按相同规则新建一张券。
help-recreate-good-to-know = 新券有新的 ID，领取数从零开始。
help-keep-meaning = 接受现状，不作改动。
help-keep-good-to-know = 与备注一起存入归档。

help-abilities = 各平台支持的操作
help-no-platforms = 尚未设置店铺。
help-running = 对进行中的券
help-abilities-foot = ✓ 直接支持    → 用效果相同的方式代替，执行方案会写明    手动：在平台后台处理    – 不支持

# 本表中比上表支持得更少的优惠券
help-less = 本表中支持较少的优惠券
help-head-platform = 平台
help-head-less = 不支持
help-head-coupons = 优惠券数
help-head-why = 原因
help-less-further = … 另有 { $further } 种原因，执行方案会在相应的行上说明。
help-less-asked = { $none ->
    [true] 就已读取的内容而言，本表的每张券都支持上表所列的操作。您填写的数值仍可能超出某张券的限制：执行方案会说明。
   *[other] 就已读取的内容而言，本表的其他券都支持上表所列的操作。您填写的数值仍可能超出某张券的限制：执行方案会说明。
}
help-less-asked-some = 这里只检查了排在前面的 { $asked } 张券（共 { $all } 张）。每张券不支持的操作，执行方案会写明。

help-verb-extend = 延长有效期
help-verb-shorten = 缩短有效期
help-verb-restock = 增加发放总量
help-verb-adjust-min-spend = 修改门槛
help-verb-end = 立即结束
help-verb-pause = 暂停
help-verb-enable = 启用
help-verb-delete = 删除
help-verb-create = 复制新建
help-ability-yes = ✓ 支持
help-ability-follow-on = → 另发后续券
help-ability-instead = → { $verb }
help-ability-by-hand = 手动
help-ability-already = – 已是如此
help-ability-never = – 不支持
help-short-yes = 支持
help-short-follow-on = 另发后续券
help-short-by-hand = 手动
help-short-already = 已是如此
help-short-never = 不支持
help-status-active = 进行中
help-status-paused = 已暂停
help-status-scheduled = 未开始
help-status-ended = 已结束
help-ability-and = { $main }；{ $status }：{ $other }

help-marks = 标记说明
help-mark-critical = 今天处理：正在亏钱，或进行中的活动没有可用的券。
help-mark-warning = 本周处理：拖下去会变严重。
help-mark-notice = 有空时整理。
help-mark-ok = 没有发现问题。
help-mark-fault = 底色加粗：出问题的正是这个数据。
help-mark-yours = 蓝色单元格由您填写。改动其他单元格无效，会被提示。
help-mark-missing = 此操作还缺数值，待填的单元格也会变成橙色。
help-mark-struck = 删除线：此操作不用这个数值，或“操作”为空。
help-mark-money = 无需任何操作，买家现在或将来可得的金额：剩余数量 × 单次最高优惠；已暂停的券不计。
help-mark-link = 蓝色下划线：点击打开页面或跳到某一行。
