# 简体中文: results
