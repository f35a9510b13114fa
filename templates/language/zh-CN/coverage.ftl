# 简体中文: coverage

coverage-why-model = { $more ->
    [0] { $campaign }自{ $day }起要用 { $wanted }，店铺里还没有。
   *[other] { $campaign }自{ $day }起要用 { $wanted } 等券，还缺另外 { $more } 张。
}
coverage-why-by-hand = { $more ->
    [0] { $campaign }自{ $day }起要用 { $wanted }，请手动创建。
   *[other] { $campaign }自{ $day }起要用 { $wanted } 等券，另有 { $more } 张，请手动创建。
}

# 活动计划里的错误：终端用英文，汇总表用工作簿的语言。
coverage-plan-cell = { $cell }：{ $what }
coverage-plan-table = { $what }；{ $wanted }
coverage-plan-without-row = { $what }（本行未采用）
coverage-plan-without-cell = { $what }（该单元格按空白处理）
coverage-plan-no-campaign = 没有填活动名称
coverage-plan-no-coupons = 没有填券：请写券码或名称的匹配式，如 BF*，多个之间用 | 分隔
coverage-plan-word = { $column } 为 { $found }；请填写 { $known } 之一，或留空
coverage-plan-date = { $column } 列的“{ $found }”不是日期，请写成 2026-11-30
coverage-plan-date-two-ways = { $column } 列的“{ $found }”分不清日和月，请写成 2026-11-30
coverage-plan-date-with-time = { $column } 列的“{ $found }”带有时间；活动按整天计算，请只写日期，如 2026-11-30
coverage-plan-edge = { $column } 列的“{ $found }”是一天的边界，因此活动的{ $column ->
    [starts] 第一天
   *[ends] 最后一天
}为 { $day }；请只写这一天的日期
coverage-plan-reversed = 活动的结束日期（{ $ends }）早于开始日期（{ $starts }），请对调
coverage-plan-no-such-store = 配置里没有名为“{ $found }”的店铺；请写店铺编号或匹配式（如 shopee-*），留空表示所有店铺
coverage-plan-store-currency = 店铺 { $store } 的币种是 { $theirs }，不是 { $currency }；请按它自己的币种另写一行
coverage-plan-currency-unused = 本行的店铺都不使用 { $currency }，只使用 { $theirs }；请更正，或删去本行
coverage-plan-no-currency = 填了门槛却没有填币种，请写上，如 SGD
coverage-plan-currency = “{ $found }”不是币种，请写三个字母的代码，如 SGD
coverage-plan-number = { $column } 列的“{ $found }”无法采用：{ $wanted }
coverage-plan-currency-instead = “{ $found }”不是币种代码，请写 { $code }
coverage-plan-range = 门槛下限 { $least } 高于上限 { $most }，请对调
coverage-plan-wanted = 应有券“{ $found }”是匹配式，请写完整的券码或名称
coverage-plan-models = 模板券“{ $found }”不止一个，请只写一个券码、名称或匹配式
coverage-plan-clash = 第 { $row } 行已经规定了{ $campaign }在店铺 { $store } 同一时间对这些券的要求；请只保留一行，或改用不同的日期或券
coverage-plan-matches-nothing = { $campaign }：没有任何店铺的券符合 { $coupons }，请改正匹配式或该行
coverage-plan-matches-nothing-slip = { $campaign }：没有任何店铺的券符合 { $coupons }；多个匹配式之间用 | 分隔
coverage-plan-model-unmatched = 应有 { $wanted } 的店铺里没有一张券符合模板“{ $model }”，请改成已有的券

# 覆盖表。
coverage-title = 活动覆盖
coverage-line = 各活动按店铺和日期列出当天可用的券数；“缺券”表示当天一张可用的券也没有。加框的是今天。
coverage-no-campaigns = 活动计划里没有活动。
coverage-tip = 打开“覆盖”表
coverage-later = 另有 { $count } 个活动在 60 天以后才开始，暂不显示。
coverage-continued = { $title }（续）
coverage-block = { $campaign } · { $first } 至 { $last }
coverage-by-weeks = 按周显示：表头是每周的第一天，数字取这一周里最少的一天。
coverage-by-weeks-cut = 按周显示，只列今天前后的周：表头是每周的第一天，数字取这一周里最少的一天。
coverage-store = 店铺
coverage-in-words = 说明
coverage-gap = 缺券
coverage-not-known = 未知：店铺未完整加载
coverage-words-not-known = ? 请看“店铺”表，处理后重新导出
coverage-words-covered = ✓ 已覆盖
coverage-words-gap = { $more ->
    [0] ● { $first } 至 { $last } 没有可用的券
   *[other] ● { $first } 至 { $last } 没有可用的券，另有 { $more } 段
}
coverage-words-gap-day = { $more ->
    [0] ● { $day } 没有可用的券
   *[other] ● { $day } 没有可用的券，另有 { $more } 段
}
coverage-words-later = { $more ->
    [0] ○ { $first } 至 { $last } 还没有备券
   *[other] ○ { $first } 至 { $last } 还没有备券，另有 { $more } 段
}
coverage-words-later-day = { $more ->
    [0] ○ { $day } 还没有备券
   *[other] ○ { $day } 还没有备券，另有 { $more } 段
}
coverage-words-past = { $more ->
    [0] ○ { $first } 至 { $last } 曾经缺券
   *[other] ○ { $first } 至 { $last } 曾经缺券，另有 { $more } 段
}
coverage-words-past-day = { $more ->
    [0] ○ { $day } 曾经缺券
   *[other] ○ { $day } 曾经缺券，另有 { $more } 段
}
coverage-missing-title = 活动计划里有、店铺里没有的券
coverage-planned = 活动计划中的券
coverage-campaign = 活动
coverage-needed-from = 开始使用
coverage-suggested = 建议
coverage-answer-row = ▲ 重建：见“优惠券”第 { $row } 行
coverage-answer-later = ▲ 下一步，由“优惠券”第 { $row } 行重建
coverage-answer-by-hand-row = ▲ 手动处理：见“优惠券”第 { $row } 行
coverage-answer-by-hand = ▲ 请在店铺后台手动创建
coverage-answer-tip = 打开可用作模板的券
coverage-missing-more = … 另有 { $count } 张券。
