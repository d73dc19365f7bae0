module baleen.invalid/devnet/wasmd-sdk053

go 1.24.1

require (
	github.com/CosmWasm/wasmd v0.61.14
	// The version that wasmd asks for does not build with Go 1.26.
	github.com/bytedance/sonic v1.15.5
)

// wasmd's own replacements: a module that is required has no say in them.
replace (
	github.com/99designs/keyring => github.com/cosmos/keyring v1.2.0
	github.com/dgrijalva/jwt-go => github.com/golang-jwt/jwt/v4 v4.4.2
	github.com/gin-gonic/gin => github.com/gin-gonic/gin v1.8.1
	github.com/syndtr/goleveldb => github.com/syndtr/goleveldb v1.0.1-0.20210819022825-2ae1ddf74ef7
)
