# 简体中文：需要第二人批准的内容

approval-removals = 将结束、暂停或删除 { $count } 张券（超过 { $most }）
approval-stores = 将改动 { $count } 家店铺（超过 { $most }）
approval-losing-money = 已解除亏损券的保护
approval-exposure = 可能额外花费 { $sum }（超过 { $most }）
approval-no-limit = { $count } 张券的花费没有上限，包括 { $label }
automatic-changes = 将改动 { $count } 张券（超过免确认执行的 { $most } 张）
automatic-odd = 有 { $count } 行被拒绝或有冲突
