# 简体中文: 各表共用的词

severity-critical = 严重
severity-warning = 警告
severity-notice = 提示
severity-ok = 正常
count-stores = { $count } 家店铺
count-coupons = { $count } 张券
