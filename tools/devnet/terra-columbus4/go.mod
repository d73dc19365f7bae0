module baleen.invalid/devnet/terra-columbus4

go 1.17

require github.com/terra-project/core v0.4.6

replace github.com/cosmos/ledger-cosmos-go => github.com/terra-project/ledger-terra-go v0.11.1-terra

replace github.com/keybase/go-keychain => github.com/99designs/go-keychain v0.0.0-20191008050251-8e49817e8af4

replace github.com/CosmWasm/go-cosmwasm => github.com/terra-project/go-cosmwasm v0.10.4

replace bou.ke/monkey => ./monkey
