# 简体中文: rules
