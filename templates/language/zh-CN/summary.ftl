# 简体中文: summary
