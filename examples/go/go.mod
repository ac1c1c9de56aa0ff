module example.com/cassplan

go 1.19
